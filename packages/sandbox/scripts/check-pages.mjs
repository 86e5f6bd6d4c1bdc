// Looks at the sandbox's pages with a real Chromium: CHROME_PATH=/usr/bin/chromium node scripts/check-pages.mjs [DIR]
// Screenshots go to DIR. playwright-core is fetched into .cache/, outside of the workspace.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createSign, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startSandbox } from '../dist/index.js'

const cache = fileURLToPath(new URL('../.cache/pages', import.meta.url))
const screenshots = process.argv[2] ?? cache
mkdirSync(screenshots, { recursive: true })
if (!existsSync(join(cache, 'node_modules/playwright-core'))) {
  execFileSync('npm', ['install', '--prefix', cache, '--no-save', 'playwright-core@1'], { stdio: 'inherit' })
}
const { chromium } = createRequire(join(cache, 'x.js'))('playwright-core')

const callback = createServer((request, response) => {
  response.setHeader('content-type', 'text/html')
  response.end(
    `<title>callback</title><p>${request.url.includes('oauth_verifier') ? 'approved' : 'cancelled'}</p>`,
  )
})
await new Promise((resolve) => callback.listen(0, '127.0.0.1', resolve))
const callbackUrl = `http://127.0.0.1:${callback.address().port}/callback`

const sandbox = await startSandbox({ credentials: { callbackUrl } })
const { baseUrl, consumerKey, signingKey, authorizeUrl } = sandbox.credentials

/** A request token, signed by hand; `uri` lets a mistake be made. */
async function requestToken(uri = `${baseUrl}/oauth/request_token`) {
  const parameters = {
    oauth_callback: 'oob',
    oauth_consumer_key: consumerKey,
    oauth_nonce: randomBytes(8).toString('hex'),
    oauth_signature_method: 'RSA-SHA256',
    oauth_timestamp: String(Math.floor(Date.now() / 1000)),
  }
  const joined = Object.entries(parameters)
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const base = `POST&${encodeURIComponent(uri)}&${encodeURIComponent(joined)}`
  const signature = createSign('sha256').update(base).sign(signingKey, 'base64')
  const pairs = Object.entries({ ...parameters, oauth_signature: encodeURIComponent(signature) })
  const authorization = `OAuth ${pairs.map(([name, value]) => `${name}="${value}"`).join(', ')}`
  const reply = await fetch(`${baseUrl}/oauth/request_token`, { method: 'POST', headers: { authorization } })
  return (await reply.json()).oauth_token
}

await requestToken('https://api.ibkr.com/v1/api/oauth/request_token')
await fetch(`${baseUrl}/portfolio/accounts`)
sandbox.faults.add({ kind: 'pacing' })
await fetch(`${baseUrl}/tickle`)
const token = await requestToken()

const browser = await chromium.launch({
  executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
const complaints = []

async function open(url, options = {}) {
  const page = await (await browser.newContext(options)).newPage()
  page.on('console', (message) => complaints.push(`${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    const known = [sandbox.url, new URL(callbackUrl).origin, 'data:']
    if (!known.some((origin) => request.url().startsWith(origin)))
      complaints.push(`asked for ${request.url()}`)
  })
  await page.goto(url)
  return page
}

const wide = await open(sandbox.url, { viewport: { width: 1280, height: 900 } })
assert.equal(await wide.locator('ol.log > li').count(), 4)
assert.equal(await wide.locator('.badge.refused').count(), 2)
assert.match(await wide.locator('mark').first().textContent(), /127\.0\.0\.1/)
await wide.screenshot({ path: join(screenshots, 'log.png'), fullPage: true })
await wide.getByRole('link', { name: 'Refused (2)' }).click()
assert.equal(await wide.locator('ol.log > li').count(), 2)

const dark = await open(sandbox.url, { colorScheme: 'dark', viewport: { width: 390, height: 844 } })
const overflow = await dark.evaluate(
  () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
)
assert.equal(overflow, 0, 'the page is wider than a telephone')
await dark.screenshot({ path: join(screenshots, 'log-dark-narrow.png'), fullPage: true })

const ask = await open(`${authorizeUrl}?oauth_token=${token}`)
await ask.screenshot({ path: join(screenshots, 'authorize.png') })
await ask.keyboard.press('Tab')
assert.equal(
  await ask.evaluate(() => document.activeElement.value),
  'approve',
  'the keyboard reaches the buttons',
)
await ask.getByRole('button', { name: 'Approve' }).click()
await ask.waitForURL(/\/callback\?/)
const landed = new URL(ask.url())
assert.equal(landed.searchParams.get('oauth_token'), token)
assert.match(landed.searchParams.get('oauth_verifier'), /^[\da-f]{20}$/)

const refuse = await open(`${authorizeUrl}?oauth_token=${await requestToken()}&redirect_uri=/other`)
await refuse.getByRole('button', { name: 'Cancel' }).click()
await refuse.waitForURL(/\/other$/)

await browser.close()
callback.close()
await sandbox.close()
assert.deepEqual(complaints, [], 'the browser complained')
process.stdout.write(`The pages work in Chromium. Screenshots: ${screenshots}\n`)
