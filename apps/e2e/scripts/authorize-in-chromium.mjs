// Takes `ibkr-auth login` over the sandbox's authorization page with a real Chromium, once approving and
// once cancelling: CHROME_PATH=/usr/bin/chromium node scripts/authorize-in-chromium.mjs
// Wants the sandbox and the command line built.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { startSandbox, writeCredentials } from '@ibkr-auth/sandbox'
import { chromium } from 'playwright-core'

const program = fileURLToPath(new URL('../../../packages/cli/dist/main.js', import.meta.url))
const say = (text) => process.stdout.write(`${text}\n`)

const visits = [
  {
    button: 'Approve',
    exitCode: 0,
    landsWith: ['oauth_token', 'oauth_verifier'],
    prints: /access token is in/,
  },
  { button: 'Cancel', exitCode: 1, landsWith: [], prints: /cancelled/ },
]

const folder = mkdtempSync(join(tmpdir(), 'authorize-'))
const callbackUrl = `http://127.0.0.1:${await freePort()}/callback`
const sandbox = await startSandbox({ credentials: { callbackUrl } })
const running = new Set()
let browser
try {
  await writeCredentials(folder, sandbox.credentials)
  browser = await chromium.launch({
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  })
  say(`Chromium ${browser.version()}, sandbox ${sandbox.url}, callback ${callbackUrl}`)
  for (const expected of visits) await check(expected, await visit(expected.button))
} finally {
  for (const child of running) child.kill('SIGKILL')
  await browser?.close()
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
}
say('\nBoth ways through the authorization page work in Chromium.')

/** Starts the client, presses the button on the page that it asks for, and sees both to their ends. */
async function visit(button) {
  const tokenFile = join(folder, `${button}.json`)
  const run = startClient(tokenFile)
  const asked = await run.seen(/Open this page.*\s+(https?:\S+)\s+Waiting at/)
  const complaints = []
  const context = await browser.newContext()
  const page = await context.newPage()
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    const { origin } = new URL(request.url())
    if (![sandbox.url, new URL(callbackUrl).origin].includes(origin))
      complaints.push(`asked for ${request.url()}`)
  })

  await page.goto(asked[1])
  const question = await page.getByRole('heading').first().textContent()
  await page.getByRole('button', { name: button, exact: true }).click()
  await page.waitForURL((url) => url.href.startsWith(callbackUrl))
  const landed = new URL(page.url())
  const farewell = (await page.locator('body').textContent()).replace(/\s+/g, ' ').trim()
  const ended = await run.ended
  await context.close()
  return { question, landed, farewell, complaints, kept: existsSync(tokenFile), ...ended }
}

async function check({ button, exitCode, landsWith, prints }, seen) {
  say(`\n== ${button}`)
  say(`page      ${seen.question}`)
  say(`came to   ${seen.landed.origin}${seen.landed.pathname} with ${landsWith.join(', ') || 'nothing'}`)
  say(`page      ${seen.farewell}`)
  say(`exit code ${seen.exitCode}, access token ${seen.kept ? 'kept' : 'not kept'}`)
  say(seen.output.replace(/^/gm, '    ').trimEnd())
  assert.deepEqual([...seen.landed.searchParams.keys()].sort(), landsWith)
  assert.equal(seen.exitCode, exitCode)
  assert.match(seen.output, prints)
  assert.equal(seen.kept, exitCode === 0)
  assert.deepEqual(seen.complaints, [], 'the browser complained')
}

/** The built program, with nothing of this process's settings in its environment. */
function startClient(tokenFile) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(IBKR|IBIND)_/.test(name))
  const child = spawn(process.execPath, [program, 'login', '--config', join(folder, 'credentials.json')], {
    env: { ...Object.fromEntries(kept), NO_COLOR: '1', IBKR_ACCESS_TOKEN_FILE: tokenFile },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode) => {
      running.delete(child)
      resolve({ exitCode, output })
    })
  })
  const seen = (pattern) =>
    new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output)
        if (match) resolve(match)
      }
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
      ended.then(() => reject(new Error(`The client ended without ${pattern}:\n${output}`)), reject)
    })
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output += text
    })
  }
  return { ended, seen }
}

/** A port that was free a moment ago: the callback is registered before anybody listens there. */
async function freePort() {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address()
  await new Promise((resolve) => server.close(resolve))
  return port
}
