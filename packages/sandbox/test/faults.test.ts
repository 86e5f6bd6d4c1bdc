import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type FaultRule, isSandboxError, type RunningSandbox, startSandbox } from '../src/index.ts'
import { IndependentClient, testKeys } from './independent-client.ts'

let sandbox: RunningSandbox
let client: IndependentClient
let waited: number[]
let lst: Buffer

beforeEach(async () => {
  waited = []
  const wait = async (ms: number): Promise<void> => {
    waited.push(ms)
  }
  sandbox = await startSandbox({ credentials: testKeys(), wait })
  client = new IndependentClient(sandbox)
  ;({ lst } = await client.liveSessionToken())
})

afterEach(() => sandbox.close())

const path = '/v1/api/portfolio/accounts'
const request = (): Request => client.request({ target: path, key: { hmac: lst } })

/** Both ways to the sandbox: a fault has to behave the same over a socket and in memory. */
const ways: readonly (readonly [string, () => Promise<Response>])[] = [
  ['over a socket', () => fetch(request())],
  ['in memory', () => sandbox.handle(request())],
]

for (const [way, ask] of ways) {
  describe(`a fault, ${way}`, () => {
    it('answers with a status and body of choice, once', async () => {
      sandbox.faults.add({ kind: 'status', status: 503, body: 'later', contentType: 'text/plain' })
      const response = await ask()
      expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
        503,
        'text/plain',
        'later',
      ])
      expect(sandbox.log.last).toMatchObject({ verdict: 'fault', fault: 'status 503' })
      expect((await ask()).status).toBe(200)
    })

    it('paces, with Retry-After and without', async () => {
      sandbox.faults.add({ kind: 'pacing' })
      const bare = await ask()
      expect([bare.status, bare.headers.get('retry-after')]).toEqual([429, null])
      sandbox.faults.add({ kind: 'pacing', retryAfterSeconds: 600 })
      expect((await ask()).headers.get('retry-after')).toBe('600')
    })

    it('delays the right answer', async () => {
      sandbox.faults.add({ kind: 'delay', ms: 250 })
      expect((await ask()).status).toBe(200)
      expect(waited).toEqual([250])
    })

    it('drops the connection before the work or after it', async () => {
      for (const when of ['before', 'after'] as const) {
        const { accepted } = counts()
        sandbox.faults.add({ kind: 'drop', when })
        const error: unknown = await ask().then(
          () => undefined,
          (reason: unknown) => reason,
        )
        expect(error).toBeInstanceOf(Error)
        if (way === 'in memory')
          expect(isSandboxError(error) && error.code).toBe('ERR_SANDBOX_CONNECTION_DROPPED')
        expect(sandbox.log.last).toMatchObject({ status: 0, fault: `drop ${when} the work` })
        expect(counts().accepted - accepted).toBe(when === 'after' ? 1 : 0)
      }
    })

    it('cuts the answer short of its announced length', async () => {
      for (const bytes of [undefined, 0, 7]) {
        const whole = await (await ask()).text()
        sandbox.faults.add({ kind: 'truncate', ...(bytes === undefined ? {} : { bytes }) })
        const response = await ask()
        expect(response.status).toBe(200)
        expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(whole)))
        await expect(response.text()).rejects.toThrow()
      }
    })

    it('sends garbage for JSON, and a page of the CDN', async () => {
      sandbox.faults.add({ kind: 'garbage' })
      const garbage = await ask()
      expect(garbage.headers.get('content-type')).toContain('application/json')
      await expect(garbage.json()).rejects.toThrow(SyntaxError)
      sandbox.faults.add({ kind: 'html' })
      const page = await ask()
      expect([page.status, page.headers.get('content-type')]).toEqual([403, 'text/html'])
      expect(await page.text()).toContain('<HTML>')
    })
  })
}

function counts(): { readonly accepted: number } {
  return { accepted: sandbox.log.entries.filter(({ verdict }) => verdict === 'accepted').length }
}

describe('a fault', () => {
  it('strikes only what it is meant for', async () => {
    sandbox.faults.add({ kind: 'status', status: 500, method: 'POST', times: Number.POSITIVE_INFINITY })
    sandbox.faults.add({ kind: 'status', status: 502, path: '/v1/api/portfolio/*', skip: 1, times: 2 })
    const statuses: number[] = []
    for (let count = 0; count < 5; count++) statuses.push((await sandbox.handle(request())).status)
    expect(statuses).toEqual([200, 502, 502, 200, 200])
    expect((await client.send(client.lstSpec())).status).toBe(500)
    expect(sandbox.faults.list()).toMatchObject([{ rule: { method: 'POST' }, hits: 1 }])
    sandbox.faults.clear()
    expect((await client.send(client.lstSpec())).status).toBe(200)
  })

  it('takes a path literally but for the stars', async () => {
    sandbox.faults.add({ kind: 'status', status: 500, path: '/v1.api/*', times: 9 })
    expect((await sandbox.handle(request())).status).toBe(200)
  })

  it('replays from its seed', async () => {
    const series = async (seed: number): Promise<string> => {
      sandbox.faults.clear()
      sandbox.faults.reseed(seed)
      sandbox.faults.add({ kind: 'status', status: 500, probability: 0.3, times: Number.POSITIVE_INFINITY })
      let statuses = ''
      for (let count = 0; count < 40; count++)
        statuses += (await sandbox.handle(request())).status === 500 ? 'x' : '.'
      return statuses
    }
    const first = await series(7)
    expect(await series(7)).toBe(first)
    expect(await series(8)).not.toBe(first)
    expect(first).toMatch(/x/)
    expect(first).toMatch(/\./)
  })

  it('tells how often it struck, and can be taken back', async () => {
    const fault = sandbox.faults.add({ kind: 'status', status: 500, times: 3 })
    await sandbox.handle(request())
    expect(fault.hits).toBe(1)
    fault.remove()
    expect((await sandbox.handle(request())).status).toBe(200)
  })

  it('that is not one is refused by name', () => {
    const wrong: readonly (readonly [unknown, string])[] = [
      [{ kind: 'explode' }, 'kind'],
      [{ kind: 'status' }, 'status'],
      [{ kind: 'status', status: 99 }, 'status'],
      [{ kind: 'delay' }, 'ms'],
      [{ kind: 'drop', when: 'later' }, 'when'],
      [{ kind: 'drop', times: 0 }, 'times'],
      [{ kind: 'drop', probability: 2 }, 'probability'],
      [{ kind: 'status', status: 500, contentType: 'a\r\nb' }, 'contentType'],
      [{ kind: 'drop', whn: 'after' }, 'whn'],
      [null, 'object'],
    ]
    for (const [rule, name] of wrong) expect(() => sandbox.faults.add(rule as FaultRule)).toThrow(name)
  })

  it('moves the clock: the Date header goes along, and signatures of the real time are refused', async () => {
    sandbox.faults.setClockOffset(3_600_000)
    const response = await fetch(request())
    expect(response.status).toBe(401)
    expect(Date.parse(response.headers.get('date') ?? '') - Date.now()).toBeGreaterThan(3_500_000)
    expect(sandbox.log.last?.explanation).toMatchObject({ mistake: 'clock-off' })
    sandbox.faults.setClockOffset(0)
    expect((await fetch(request())).status).toBe(200)
  })
})
