import { beforeEach, describe, expect, it } from 'vitest'
import { formatEntry, type Sandbox } from '../src/index.ts'
import { connect, type IndependentClient } from './independent-client.ts'

let sandbox: Sandbox
let client: IndependentClient
let lst: Buffer

beforeEach(async () => {
  ;({ sandbox, client } = await connect({ logCapacity: 5 }))
  ;({ lst } = await client.liveSessionToken())
})

const path = '/v1/api/portfolio/accounts'
const accepted = (): Promise<Response> => client.send({ target: path, key: { hmac: lst } })
const mistaken = (): Promise<Response> =>
  client.send({ target: path, key: { hmac: lst }, signedUri: (uri) => uri.replace('127.0.0.1', 'localhost') })

const get = (target: string): Promise<Response> => sandbox.handle(new Request(sandbox.url + target))

describe('the page at /', () => {
  it('shows requests with verdicts, and both base strings with their difference marked', async () => {
    await accepted()
    await mistaken()
    const response = await get('/')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const html = await response.text()
    expect(html).toContain('<code>wrong-host</code>')
    expect(html).toContain('<mark>127.0.0.1</mark>')
    expect(html).toContain('<mark>localhost</mark>')
    expect(html).toContain('Refused (1)')
    expect(await (await get('/?show=refused')).text()).not.toContain('badge accepted')
  })

  it('escapes everything that comes from outside, and allows no script', async () => {
    await get('/v1/api/"><script>alert(1)</script><img src=x onerror=alert(1)>')
    const response = await get('/')
    const html = await response.text()
    expect(html.match(/<script[^>]*>/g)).toEqual(['<script type="module" src="/_sandbox/page.js">'])
    expect(html).not.toContain('alert(1)<')
    expect(html).not.toContain('<img')
    const policy = response.headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toContain('unsafe')
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
  })

  it('holds no secret', async () => {
    await mistaken()
    await client.send({ ...client.lstSpec(), prefix: '' })
    await get(`/v1/api/ws?oauth_token=${client.credentials.accessToken}`)
    const shown =
      (await (await get('/')).text()) +
      (await (await get('/_sandbox/log')).text()) +
      sandbox.log.entries.map(formatEntry).join()
    for (const secret of [
      client.credentials.accessToken,
      client.secret().toString('hex'),
      lst.toString('base64'),
      lst.toString('hex'),
    ]) {
      expect(shown).not.toContain(secret)
    }
  })
})

describe('the log', () => {
  it('keeps the newest entries, oldest first, and finds them by the id of the answer', async () => {
    const answers: Response[] = []
    for (let count = 0; count < 8; count++) answers.push(await accepted())
    const ids = sandbox.log.entries.map(({ id }) => id)
    expect(ids).toEqual([5, 6, 7, 8, 9])
    expect(sandbox.log.last?.id).toBe(9)
    expect(sandbox.log.get(Number(answers.at(-1)?.headers.get('x-sandbox-request')))).toMatchObject({ id: 9 })
    expect(sandbox.log.get(1)).toBeUndefined()
  })

  it('tells listeners, until they leave; and can be emptied', async () => {
    const heard: number[] = []
    const leave = sandbox.log.subscribe(({ id }) => heard.push(id))
    await accepted()
    leave()
    await mistaken()
    expect(heard).toEqual([2])
    expect(sandbox.log.refused).toHaveLength(1)
    sandbox.log.clear()
    expect([sandbox.log.entries, sandbox.log.last]).toEqual([[], undefined])
  })

  it('as text names mistake and remedy, and cannot move the cursor', async () => {
    await mistaken()
    const text = formatEntry(sandbox.log.last ?? fail())
    expect(text).toMatch(
      /^#2 [\d:.]+ refused {2}401 GET \/v1\/api\/portfolio\/accounts\n {4}why {6}wrong-host: /,
    )
    expect(text).toContain('\n    expected GET&http%3A%2F%2F127.0.0.1%3A4000')
    expect(text).toContain('\n    received GET&http%3A%2F%2Flocalhost%3A4000')
    const entry = { ...(sandbox.log.last ?? fail()), target: '/\u001b[2J' }
    expect(formatEntry(entry)).toContain('/\\x1b[2J')
  })
})

function fail(): never {
  throw new Error('The log is empty')
}

describe('the admin endpoints', () => {
  const send = (
    method: string,
    target: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Response> =>
    sandbox.handle(
      new Request(`${sandbox.url}/_sandbox/${target}`, {
        method,
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    )

  it('set, list and take back faults', async () => {
    const created = await send('POST', 'faults', { kind: 'status', status: 500, times: 2 })
    expect(created.status).toBe(201)
    const { id } = (await created.json()) as { id: number }
    expect((await accepted()).status).toBe(500)
    expect(await (await send('GET', 'faults')).json()).toMatchObject([{ id, hits: 1 }])
    expect((await send('DELETE', `faults/${id}`)).status).toBe(204)
    expect((await accepted()).status).toBe(200)
    await send('POST', 'faults', { kind: 'drop' })
    await send('DELETE', 'faults')
    expect((await accepted()).status).toBe(200)
  })

  it('change state: all that is asked for, or nothing', async () => {
    expect(
      (await send('POST', 'state', { expireLiveSessionTokens: true, clockOffsetMs: 'soon' })).status,
    ).toBe(400)
    expect((await accepted()).status).toBe(200)
    expect((await send('POST', 'state', { expireLiveSessionTokens: true })).status).toBe(204)
    expect((await accepted()).status).toBe(401)
    for (const wrong of [{ nothing: 1 }, [], 'x', { compete: '' }, { __proto__: null, constructor: 1 }]) {
      expect((await send('POST', 'state', wrong)).status).toBe(400)
    }
    const all = {
      liveSessionTokenLifetimeMs: 1000,
      clockOffsetMs: 0,
      loseBrokerageSession: true,
      compete: true,
      seed: 3,
    }
    expect((await send('POST', 'state', all)).status).toBe(204)
  })

  it('refuse pages of another origin, other media types, and other hosts', async () => {
    const fault = { kind: 'drop' }
    expect((await send('POST', 'faults', fault, { origin: 'https://evil.example' })).status).toBe(403)
    expect((await send('POST', 'faults', fault, { origin: 'null' })).status).toBe(403)
    expect((await send('POST', 'faults', fault, { 'sec-fetch-site': 'same-site' })).status).toBe(403)
    expect((await send('POST', 'faults', fault, { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await send('GET', 'log', undefined, { origin: 'https://evil.example' })).status).toBe(403)
    expect(await (await send('GET', 'faults')).json()).toEqual([])
    const rebound = await sandbox.handle(new Request('http://evil.example:4000/_sandbox/log'))
    expect(rebound.status).toBe(421)
    expect(sandbox.log.last?.explanation?.mistake).toBe('host-not-allowed')
  })

  it('give the log as data, and empty it', async () => {
    await mistaken()
    expect(await (await send('GET', 'log?show=refused')).json()).toMatchObject([
      { explanation: { mistake: 'wrong-host' } },
    ])
    await send('DELETE', 'log')
    await get('/')
    expect(sandbox.log.entries).toEqual([])
  })
})
