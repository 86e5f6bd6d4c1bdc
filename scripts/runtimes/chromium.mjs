// Runs the suite in a page of headless Chromium, served on loopback; the page posts its report back.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { run } from '../run.mjs'
import { bundleSuite } from './bundle.mjs'

const limitMs = 120_000
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-dev-shm-usage',
  '--no-first-run',
  '--no-default-browser-check',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

const usualPlaces = [
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/** @throws when there is no Chromium, saying where it was looked for. */
export function findChromium() {
  const places = [process.env.CHROME_PATH, ...usualPlaces].filter(Boolean)
  const found = places.find((path) => existsSync(path))
  if (!found) throw new Error(`no Chromium at ${places.join(', ')}; set CHROME_PATH`)
  return found
}

/** `Chromium 154.0.1` → `154.0.1` */
export async function chromiumVersion(program) {
  const { stdout } = await run(program, ['--version', '--no-sandbox'])
  return /\d+(?:\.\d+)+/.exec(stdout)?.[0] ?? stdout.trim()
}

export async function onChromium(program, folder) {
  const bundle = await bundleSuite(folder, 'page.mjs', ['browser'])
  const { server, report } = servePage(readFileSync(bundle))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const profile = mkdtempSync(join(tmpdir(), 'ibkr-auth-chromium-'))
  const page = `http://127.0.0.1:${server.address().port}/`
  const browser = spawn(program, [...flags, `--user-data-dir=${profile}`, page], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const ended = once(browser, 'exit')
  try {
    return await Promise.race([report, failure(browser)])
  } finally {
    browser.kill('SIGKILL')
    await ended
    server.closeAllConnections()
    server.close()
    // Helpers of the browser may write for a while yet; only the asynchronous form begins again with what they wrote.
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  }
}

/** The page, its script, and the address that takes the report. */
function servePage(script) {
  let answer
  const report = new Promise((resolve) => {
    answer = resolve
  })
  const server = createServer(async (request, response) => {
    if (request.url === '/report') {
      const chunks = await request.toArray()
      answer(JSON.parse(Buffer.concat(chunks).toString()))
      response.end()
    } else if (request.url === '/page.mjs') {
      response.setHeader('content-type', 'text/javascript; charset=utf-8').end(script)
    } else if (request.url === '/') {
      const html = '<!doctype html><meta charset="utf-8"><script type="module" src="/page.mjs"></script>'
      response.setHeader('content-type', 'text/html; charset=utf-8').end(html)
    } else response.writeHead(404).end()
  })
  return { server, report }
}

/** Rejects when the browser ends, or says nothing for too long. */
function failure(browser) {
  let said = ''
  browser.stderr.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  return new Promise((_, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`no report within ${limitMs / 1000} s\n${said}`)),
      limitMs,
    )
    browser.on('error', reject)
    browser.on('exit', (code) => {
      clearTimeout(timer)
      reject(new Error(`Chromium ended with ${code}\n${said}`))
    })
  })
}
