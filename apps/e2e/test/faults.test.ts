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
  createTransport,
  isTransportError,
  onTransportEvent,
  type Transport,
} from '@ibkr-auth/transport'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'

const headersMs = 200
const lateMs = 600

let sandbox: RunningSandbox
let transport: Transport
let account: string
/** True while a late answer may still be under way. */
let delayed = false

let authorize: Authorize

beforeAll(async () => {
  sandbox = await startSandbox()
  await using plain = createTransport({
    baseUrl: `${sandbox.url}/v1/api`,
    connection: { proxy: false },
  })
  authorize = await logIn(plain)
  await plain.post('/iserver/auth/ssodh/init', { authorize, json: { publish: true, compete: false } })
  account = (await plain.get('/iserver/accounts', { authorize })).json<{ accounts: [string] }>().accounts[0]
}, 60_000)

afterAll(() => sandbox.close())

// Each test has connections of its own, and so a budget of repeats of its own.
beforeEach(() => {
  transport = createTransport({
    baseUrl: `${sandbox.url}/v1/api`,
    connection: { proxy: false },
    authorize,
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

/** How a call ended, and how often the server saw it: `ok 1`, `AMBIGUOUS 1 maybe`. */
async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  // The log is in order of completion.
  const firstId = Math.max(0, ...sandbox.log.entries.map(({ id }) => id)) + 1
  const ended = await call().then(
    () => 'ok',
    (error: unknown) => {
      if (!isTransportError(error)) throw error
      return `${error.code.replace('ERR_TRANSPORT_', '')} ${error.sent}`
    },
  )
  await settled()
  const seen = sandbox.log.entries.filter(({ id }) => id >= firstId)
  expect(seen.filter(({ verdict }) => verdict === 'refused')).toEqual([])
  return `${ended} ${seen.length}`
}

/** Waits until the sandbox has done what it is at, also for callers who have left. */
async function settled(): Promise<void> {
  if (delayed) await new Promise((resolve) => setTimeout(resolve, lateMs + 100))
  delayed = false
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
  const stop = onTransportEvent('ibkr-auth:transport:attempt-end', () => controller.abort())
  const timer = setTimeout(() => controller.abort(), headersMs / 2)
  try {
    return await call(controller.signal)
  } finally {
    stop()
    clearTimeout(timer)
  }
}

async function withOrders(call: () => Promise<unknown>): Promise<string> {
  const before = sandbox.orders.length
  const outcome = await outcomeOf(call)
  return `${outcome}, ${sandbox.orders.length - before} placed`
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
    rule: { kind: 'delay', ms: lateMs },
    once: 'ok 2',
    always: 'TIMEOUT maybe 2',
    order: 'AMBIGUOUS maybe 1, 0 placed',
    ...abortedMaybe,
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
    delayed = rule.kind === 'delay'
    sandbox.faults.add({ ...rule, path: '/v1/api/iserver/account/*', times })
  }

  it(`GET, once: ${expected.once}`, async () => {
    strike(1)
    expect(await outcomeOf(get)).toBe(expected.once)
  })

  it(`GET, each time: ${expected.always}`, async () => {
    strike(Number.POSITIVE_INFINITY)
    expect(await outcomeOf(get)).toBe(expected.always)
  })

  it(`order: ${expected.order}`, async () => {
    strike(Number.POSITIVE_INFINITY)
    expect(await withOrders(post)).toBe(expected.order)
  })

  it(`GET, aborted: ${expected.abortedGet}`, async () => {
    strike(Number.POSITIVE_INFINITY)
    expect(await outcomeOf(() => aborted(get))).toBe(expected.abortedGet)
  })

  it(`order, aborted: ${expected.abortedOrder}`, async () => {
    strike(Number.POSITIVE_INFINITY)
    expect(await withOrders(() => aborted(post))).toBe(expected.abortedOrder)
  })

  it(`GET, streamed: ${expected.streamed}`, async () => {
    strike(1)
    expect(await outcomeOf(stream)).toBe(expected.streamed)
  })
})

describe('without a fault', () => {
  it('all of them succeed, each seen once', async () => {
    expect(await outcomeOf(get)).toBe('ok 1')
    expect(await withOrders(post)).toBe('ok 1, 1 placed')
    expect(await outcomeOf(stream)).toBe('ok 1')
  })
})
