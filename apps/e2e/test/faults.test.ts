import { beginExchange, decryptAccessTokenSecret, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import {
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  hmacSha256,
  rsaSha256,
} from '@ibkr-auth/oauth1-signing'
import { type FaultRule, type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import {
  type Authorize,
  type Clock,
  createTransport,
  isTransportError,
  onTransportEvent,
  type Transport,
} from '@ibkr-auth/transport'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const headersMs = 1_000

/** Time passes when a test says so: no limit is reached because the machine is busy. Waits before repeats are real. */
class SteppedClock implements Clock {
  #aheadMs = 0
  readonly #timers = new Map<object, { readonly dueAtMs: number; readonly callback: () => void }>()

  readonly now = (): number => Date.now()
  readonly monotonicNow = (): number => this.#aheadMs

  readonly setTimeout = (callback: () => void, delayMs: number): unknown => {
    if (delayMs < headersMs) return setTimeout(callback, delayMs)
    const handle = {}
    this.#timers.set(handle, { dueAtMs: this.#aheadMs + delayMs, callback })
    return handle
  }

  readonly clearTimeout = (handle: unknown): void => {
    if (!this.#timers.delete(handle as object)) clearTimeout(handle as NodeJS.Timeout)
  }

  /** Lets limits be reached. */
  advance(ms: number): void {
    this.#aheadMs += ms
    for (const [handle, { dueAtMs, callback }] of this.#timers) {
      if (dueAtMs <= this.#aheadMs && this.#timers.delete(handle)) callback()
    }
  }
}

let sandbox: RunningSandbox
let transport: Transport
let account: string
let clock: SteppedClock
/** Answers that the sandbox holds back. */
const heldBack: (() => void)[] = []
/** What is to happen once the sandbox holds an answer back. */
let onHeldBack: () => void

let authorize: Authorize

beforeAll(async () => {
  sandbox = await startSandbox({
    wait: () =>
      new Promise((resolve) => {
        heldBack.push(resolve)
        onHeldBack()
      }),
  })
  await using plain = createTransport({
    baseUrl: `${sandbox.url}/v1/api`,
    connection: { proxy: false },
  })
  authorize = await logIn(plain)
  await plain.post('/iserver/auth/ssodh/init', { authorize, json: { publish: true, compete: false } })
  account = (await plain.get('/iserver/accounts', { authorize })).json<{ accounts: [string] }>().accounts[0]
})

afterAll(() => sandbox.close())

// Each test has connections of its own, and so a budget of repeats of its own.
beforeEach(() => {
  clock = new SteppedClock()
  onHeldBack = () => clock.advance(headersMs)
  transport = createTransport({
    baseUrl: `${sandbox.url}/v1/api`,
    connection: { proxy: false },
    authorize,
    clock,
    timeouts: { headersMs, bodyMs: headersMs },
    retry: { limit: 1, baseDelayMs: 1 },
  })
})

afterEach(async () => {
  sandbox.faults.clear()
  await transport.close()
})

/** A live session token, and what signs with it. */
async function logIn(plain: Transport): Promise<Authorize> {
  const { consumerKey, realm, accessToken, accessTokenSecret, signingKey, encryptionKey, dhParams, baseUrl } =
    sandbox.credentials
  const credentials = { consumerKey, realm, accessToken }
  const secret = decryptAccessTokenSecret(accessTokenSecret, encryptionKey)
  const exchange = beginExchange({ dhParams: parseDhParams(dhParams), accessTokenSecret: secret })
  const request = await createLiveSessionTokenRequest({
    credentials,
    signer: rsaSha256(signingKey),
    exchange,
    baseUrl,
  })
  const signer = hmacSha256(exchange.complete(await plain.request(request), consumerKey))
  return (attempt) => ({
    authorization: createAuthorizationHeader(attempt, credentials, signer, { now: attempt.now }),
  })
}

/**
 * How a call is to end, and how often the server is to see it: `ok 1`, `AMBIGUOUS 1 maybe`. The sandbox writes its log when
 * it has done with a request, also for callers who have left: it is waited for, and then there must be no more.
 */
async function expectOutcome(call: () => Promise<unknown>, expected: string): Promise<void> {
  const firstId = Math.max(0, ...sandbox.log.entries.map(({ id }) => id)) + 1
  const placedBefore = sandbox.orders.length
  const ended = await call().then(
    () => 'ok',
    (error: unknown) => {
      if (!isTransportError(error)) throw error
      return `${error.code.replace('ERR_TRANSPORT_', '')} ${error.sent}`
    },
  )
  await transport.close()
  for (const release of heldBack.splice(0)) release()
  const outcome = (): string => {
    const seen = sandbox.log.entries.filter(({ id }) => id >= firstId)
    expect(seen.filter(({ verdict }) => verdict === 'refused')).toEqual([])
    const placed = `, ${sandbox.orders.length - placedBefore} placed`
    return `${ended} ${seen.length}${expected.endsWith('placed') ? placed : ''}`
  }
  await expect.poll(outcome, { timeout: 20_000 }).toBe(expected)
}

const orders = '/iserver/account/orders'
const get = async (signal?: AbortSignal): Promise<unknown> =>
  (await transport.get(orders, signal ? { signal } : {})).json()

async function post(signal?: AbortSignal): Promise<unknown> {
  const order = { conid: 265598, side: 'BUY', orderType: 'MKT', quantity: 1, tif: 'DAY' }
  const options = { json: { orders: [order] }, ...(signal ? { signal } : {}) }
  return (await transport.post(`/iserver/account/${account}/orders`, options)).json()
}

async function stream(): Promise<unknown> {
  const { body } = await transport.stream({ method: 'GET', url: orders })
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/** Aborts when the first attempt has ended, or else while it waits for its reply. */
async function aborted(call: (signal: AbortSignal) => Promise<unknown>): Promise<unknown> {
  const controller = new AbortController()
  onHeldBack = () => controller.abort()
  const stop = onTransportEvent('ibkr-auth:transport:attempt-end', () => controller.abort())
  try {
    return await call(controller.signal)
  } finally {
    stop()
  }
}

interface Row {
  readonly fault: string
  readonly rule: FaultRule
  /** GET, struck by the fault once, and each time. The number says how often the server saw the request. */
  readonly once: string
  readonly always: string
  /** An order, and how many were placed by it. */
  readonly order: string
  readonly abortedGet: string
  readonly abortedOrder: string
  readonly streamed: string
}

const after = { when: 'after' } as const
const abortedYes = { abortedGet: 'ABORTED yes 1', abortedOrder: 'ABORTED yes 1, 0 placed' }
const abortedMaybe = { abortedGet: 'ABORTED maybe 1', abortedOrder: 'ABORTED maybe 1, 0 placed' }

/** A fault that is answered with a refusal, which is final. */
function refused(fault: string, rule: FaultRule, code: string, placed = 0): Row {
  const outcome = `${code} yes 1`
  const order = `${outcome}, ${placed} placed`
  const abortedOrder = `ABORTED yes 1, ${placed} placed`
  return {
    fault,
    rule,
    once: outcome,
    always: outcome,
    order,
    ...abortedYes,
    abortedOrder,
    streamed: outcome,
  }
}

/** A fault that passes: what only reads is sent again. */
function passing(fault: string, rule: FaultRule, code: string, placed = 0): Row {
  const order = `AMBIGUOUS yes 1, ${placed} placed`
  const abortedOrder = `ABORTED yes 1, ${placed} placed`
  return {
    fault,
    rule,
    once: 'ok 2',
    always: `${code} yes 2`,
    order,
    ...abortedYes,
    abortedOrder,
    streamed: 'ok 2',
  }
}

const table: readonly Row[] = [
  refused('400', { kind: 'status', status: 400 }, 'REQUEST_REFUSED'),
  refused('401', { kind: 'status', status: 401 }, 'UNAUTHENTICATED'),
  refused('500', { kind: 'status', status: 500 }, 'SERVER_ERROR'),
  refused('500 after the work', { kind: 'status', status: 500, ...after }, 'SERVER_ERROR', 1),
  passing('408', { kind: 'status', status: 408 }, 'REQUEST_REFUSED'),
  passing('502', { kind: 'status', status: 502 }, 'SERVER_ERROR'),
  passing('503', { kind: 'status', status: 503 }, 'SERVER_ERROR'),
  passing('503 after the work', { kind: 'status', status: 503, ...after }, 'SERVER_ERROR', 1),
  passing('504 after the work', { kind: 'status', status: 504, ...after }, 'SERVER_ERROR', 1),
  refused('pacing', { kind: 'pacing' }, 'PACED'),
  refused('pacing with Retry-After', { kind: 'pacing', retryAfterSeconds: 1 }, 'PACED'),
  refused('a page of the CDN', { kind: 'html' }, 'FORBIDDEN'),
  {
    fault: 'a late answer',
    rule: { kind: 'delay', ms: 1 },
    once: 'ok 2',
    always: 'TIMEOUT maybe 2',
    // Whether it is placed all the same is for the server alone to know.
    order: 'AMBIGUOUS maybe 1',
    abortedGet: 'ABORTED maybe 1',
    abortedOrder: 'ABORTED maybe 1',
    streamed: 'ok 2',
  },
  {
    fault: 'a connection cut before the work',
    rule: { kind: 'drop' },
    once: 'ok 2',
    always: 'UNREACHABLE maybe 2',
    order: 'AMBIGUOUS maybe 1, 0 placed',
    ...abortedMaybe,
    streamed: 'ok 2',
  },
  {
    fault: 'a connection cut after the work',
    rule: { kind: 'drop', ...after },
    once: 'ok 2',
    always: 'UNREACHABLE maybe 2',
    order: 'AMBIGUOUS maybe 1, 1 placed',
    ...abortedMaybe,
    abortedOrder: 'ABORTED maybe 1, 1 placed',
    streamed: 'ok 2',
  },
  {
    fault: 'an answer cut short',
    rule: { kind: 'truncate' },
    once: 'ok 2',
    always: 'UNREACHABLE yes 2',
    order: 'AMBIGUOUS yes 1, 1 placed',
    ...abortedYes,
    abortedOrder: 'ABORTED yes 1, 1 placed',
    streamed: 'UNREACHABLE yes 1',
  },
  {
    fault: 'an answer that is not JSON',
    rule: { kind: 'garbage' },
    once: 'BAD_RESPONSE yes 1',
    always: 'BAD_RESPONSE yes 1',
    order: 'BAD_RESPONSE yes 1, 0 placed',
    ...abortedYes,
    streamed: 'ok 1',
  },
  {
    fault: 'an answer that is not JSON, after the work',
    rule: { kind: 'garbage', ...after },
    once: 'BAD_RESPONSE yes 1',
    always: 'BAD_RESPONSE yes 1',
    order: 'BAD_RESPONSE yes 1, 1 placed',
    ...abortedYes,
    abortedOrder: 'ABORTED yes 1, 1 placed',
    streamed: 'ok 1',
  },
]

describe.each(table)('$fault', ({ rule, ...expected }) => {
  const strike = (times: number): void => {
    sandbox.faults.add({ ...rule, path: '/v1/api/iserver/account/*', times })
  }

  it(`GET, once: ${expected.once}`, async () => {
    strike(1)
    await expectOutcome(() => get(), expected.once)
  })

  it(`GET, each time: ${expected.always}`, async () => {
    strike(Number.POSITIVE_INFINITY)
    await expectOutcome(() => get(), expected.always)
  })

  it(`order: ${expected.order}`, async () => {
    strike(Number.POSITIVE_INFINITY)
    await expectOutcome(() => post(), expected.order)
  })

  it(`GET, aborted: ${expected.abortedGet}`, async () => {
    strike(Number.POSITIVE_INFINITY)
    await expectOutcome(() => aborted(get), expected.abortedGet)
  })

  it(`order, aborted: ${expected.abortedOrder}`, async () => {
    strike(Number.POSITIVE_INFINITY)
    await expectOutcome(() => aborted(post), expected.abortedOrder)
  })

  it(`GET, streamed: ${expected.streamed}`, async () => {
    strike(1)
    await expectOutcome(stream, expected.streamed)
  })
})

describe('without a fault', () => {
  it.each([
    ['GET', () => get(), 'ok 1'],
    ['order', () => post(), 'ok 1, 1 placed'],
    ['stream', stream, 'ok 1'],
  ])('%s succeeds, seen once', async (_, call, expected) => {
    await expectOutcome(call, expected)
  })
})
