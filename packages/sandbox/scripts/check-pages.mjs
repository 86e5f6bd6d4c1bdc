// Looks at the sandbox's pages with a real Chromium: CHROME_PATH=/usr/bin/chromium node scripts/check-pages.mjs [DIR]
// Screenshots go to DIR, .cache/pages without one.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createSign, randomBytes } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { chromium } from 'playwright-core'
import { startSandbox } from '../dist/index.js'

const cache = fileURLToPath(new URL('../.cache/pages', import.meta.url))
const screenshots = process.argv[2] ?? cache
mkdirSync(screenshots, { recursive: true })
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
  // A switch that is refused, as some are here on purpose, is an error to the console too.
  page.on('console', (message) => {
    if (!message.text().includes('400 (Bad Request)')) complaints.push(`${message.type()}: ${message.text()}`)
  })
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

// The page lives: what comes while it is open appears, and the state beside it changes.
const live = await open(sandbox.url, { viewport: { width: 1280, height: 1000 } })
await live.getByText('Live: requests appear as they come.').waitFor()
await fetch(`${baseUrl}/"><img src=x onerror=alert(1)>`)
await live.locator('ol.log > li').nth(4).waitFor()
assert.match(await live.locator('ol.log > li').first().textContent(), /onerror=alert/)
assert.equal(await live.locator('ol.log img').count(), 0)
// By keyboard alone: open a group, go to a switch, press it.
await live.getByText('Faults for the next request').focus()
await live.keyboard.press('Enter')
await live.keyboard.press('Tab')
assert.equal(await live.evaluate(() => document.activeElement.textContent), 'Answer with a status')
await live.keyboard.press('Enter')
await live.getByText(/^Done\. /).waitFor()
await live.locator('#state').getByText('"status":503').waitFor()
assert.deepEqual(
  sandbox.faults.list().map(({ rule }) => rule),
  [{ kind: 'status', status: 503, times: 1 }],
)
// The command beside a switch says what its field says, and does what the switch does.
const field = live.getByLabel('Delay the answer: JSON')
await field.fill(`{"kind":"delay","ms":1,"path":"/v1/api/it's"}`)
const shown = await live.locator('form.switch', { has: field }).locator('.command').textContent()
await promisify(execFile)('sh', ['-c', `${shown} -s -o /dev/null`])
assert.equal(sandbox.faults.list().at(-1).rule.path, "/v1/api/it's")
await live.locator('#state').getByText('"ms":1').waitFor()
await live.locator('#state').getByRole('button', { name: 'Take back' }).first().click()
await live.locator('#state').getByText('"status":503').waitFor({ state: 'detached' })
await field.fill('{"kind":"explode"}')
await field.press('Enter')
await live.getByText(/^Refused: .*kind of a fault/).waitFor()
await field.fill('{"kind":"delay","ms":1}')
sandbox.faults.clear()
for (const summary of await live.locator('details.group > summary').all()) {
  if (!(await summary.evaluate((node) => node.parentElement.open))) await summary.click()
}
await live.screenshot({ path: join(screenshots, 'live.png'), fullPage: true })
// Every switch sends what the sandbox takes, or hears why not.
for (const button of await live.locator('form.switch button').all()) {
  await live.evaluate(() => document.getElementById('done').replaceChildren())
  await button.click()
  await live.waitForFunction(() => document.getElementById('done').textContent !== '')
  const said = await live.locator('#done').textContent()
  const label = await button.textContent()
  const needsMore = /an order$|request token/.test(label)
  assert.match(said, needsMore ? /^Refused: / : /^Done\. /, `${label}: ${said}`)
}
sandbox.faults.clear()
sandbox.faults.setClockOffset(0)
await live.close()

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
  await ask.evaluate(() => document.activeElement.name),
  'username',
  'the keyboard reaches the list',
)
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
