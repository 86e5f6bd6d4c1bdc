import { describe, expect, test } from 'vitest'
import { createTransport } from '../src/call/transport.ts'
import { TransportError } from '../src/errors.ts'
import { createDispatcher } from '../src/http/dispatchers.ts'
import { createPacing } from '../src/pacing/pacing.ts'
import type { TransportRequest } from '../src/request/types.ts'
import { createSession } from '../src/session/create-session.ts'
import { createHarness } from './support/harness.ts'
import { MemoryDispatcher } from './support/memory-dispatcher.ts'

const nonsense: readonly (readonly [name: string, value: unknown])[] = [
  ['null', null],
  ['NaN', Number.NaN],
  ['-1', -1],
  ['a fraction', 1.5],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['no text', ''],
  ['text', 'x'],
  ['text with a line break', 'x\r\ny: z'],
  ['an object', {}],
  ['a list', []],
  ['a list of null', [null]],
  ['a list of numbers', [1]],
  ['a list of objects', [{}]],
  ['a function', () => undefined],
  ['true', true],
  ['a symbol', Symbol('s')],
  ['a bigint', 10n],
]

const dispatcher = new MemoryDispatcher((exchange) => exchange.reply(200, '{}'))
const transport = { baseUrl: 'https://api.ibkr.com/v1/api', dispatcher }
const session = { ...transport, establish: () => Promise.reject(new Error('no')) }
const limit = { name: 'one', methods: ['GET'], paths: ['/a'], windows: [{ requests: 1, intervalMs: 1_000 }] }
const window = { kind: 'weekend', timeZone: 'UTC', days: [6], startMinute: 0, durationMinutes: 1 }

type Build = (options: object) => unknown
const makers: readonly (readonly [name: string, make: Build, sound: object, fields: readonly string[]])[] = [
  [
    'createTransport',
    (options) => createTransport(options as never),
    transport,
    [
      'baseUrl',
      'authorize',
      'interceptors',
      'dispatcher',
      'connection',
      'headers',
      'userAgent',
      'timeouts',
      'timeouts.totalMs',
      'retry',
      'retry.limit',
      'retry.baseDelayMs',
      'maxResponseBytes',
      'cookies',
      'cookies.names',
      'throwHttpErrors',
      'allowPlainHttp',
      'clockSkewLimitMs',
      'clock',
      'random',
    ],
  ],
  [
    'createSession',
    (options) => createSession(options as never),
    session,
    [
      'establish',
      'username',
      'renewal',
      'renewal.aheadMs',
      'renewal.timeoutMs',
      'renewal.backoff',
      'renewal.backoff.maxMs',
      'renewal.patience',
      'logins',
      'logins.size',
      'logins.refillMs',
      'probe',
      'brokerage',
      'brokerage.takeOver',
      'brokerage.leadership',
      'brokerage.settleMs',
      'brokerage.accountsAttempts',
      'brokerage.keepAliveMs',
      'brokerage.backoff',
      'pacing',
      'egress',
      'maintenance',
      'isPermanent',
      'logout',
      'closeTimeoutMs',
      'interceptors',
    ],
  ],
  [
    'createSession, a maintenance window',
    (one) => createSession({ ...session, maintenance: [one] } as never),
    window,
    Object.keys(window),
  ],
  [
    'createPacing',
    (options) => createPacing(options as never),
    { global: { requests: 10, intervalMs: 1_000 } },
    [
      'global',
      'global.requests',
      'global.intervalMs',
      'limits',
      'marginMs',
      'penaltyMs',
      'maxWaitMs',
      'maxQueued',
      'clock',
    ],
  ],
  [
    'createPacing, a limit',
    (one) => createPacing({ limits: [one] } as never),
    limit,
    [...Object.keys(limit), 'concurrent', 'windows.0', 'windows.0.requests'],
  ],
  [
    'createDispatcher',
    (options) => createDispatcher(options as never),
    {},
    [
      'proxy',
      'tls',
      'tls.ca',
      'tls.cert',
      'tls.key',
      'tls.servername',
      'tls.passphrase',
      'maxConnections',
      'connectTimeoutMs',
      'keepAliveMs',
      'unrepeatableMaxIdleMs',
      'maxHeaderBytes',
    ],
  ],
]

/** Options with one member, however deep, replaced. */
function replaced(options: object, path: string, value: unknown): object {
  const [name = '', ...rest] = path.split('.')
  const member = (options as Record<string, unknown>)[name]
  const inner = rest.length === 0 ? value : replaced((member as object) ?? {}, rest.join('.'), value)
  return Array.isArray(options)
    ? options.map((one, at) => (at === Number(name) ? inner : one))
    : { ...options, [name]: inner }
}

/** What is thrown, if anything is. */
function thrown(action: () => unknown): unknown {
  try {
    action()
    return undefined
  } catch (error) {
    return error
  }
}

describe.each(makers)('%s', (_, make, sound, fields) => {
  test('takes what is sound', () => {
    expect(thrown(() => make(sound))).toBeUndefined()
  })

  test.each(fields)(
    'refuses nonsense as its %s by name, or takes it; nothing else is ever thrown',
    (field) => {
      for (const [name, value] of nonsense) {
        const error = thrown(() => make(replaced(sound, field, value)))
        if (error === undefined) continue
        expect.soft(error, `${field}: ${name}`).toBeInstanceOf(TransportError)
        const last =
          field
            .split('.')
            .filter((part) => !/^\d+$/.test(part))
            .at(-1) ?? field
        expect.soft((error as TransportError).code, `${field}: ${name}`).toBe('ERR_TRANSPORT_INVALID_INPUT')
        expect.soft((error as TransportError).message, `${field}: ${name}`).toContain(last)
      }
    },
  )
})

test.each([
  'method',
  'url',
  'headers',
  'headers.a',
  'query',
  'query.a',
  'body',
  'json',
  'form',
  'form.a',
  'signal',
  'timeouts',
  'timeouts.totalMs',
  'idempotent',
  'retryLimit',
  'authorize',
  'throwHttpErrors',
  'maxResponseBytes',
  'context',
])('a request with nonsense as its %s is refused by a TransportError, or answered', async (field) => {
  const { transport: own, clock } = createHarness((exchange) => exchange.reply(200, '{}'))
  for (const [name, value] of nonsense) {
    const request = replaced({ method: 'POST', url: '/a' }, field, value) as TransportRequest
    const outcome = await clock.until(own.request(request).catch((error: unknown) => error))
    if (outcome instanceof Error) {
      expect.soft(outcome, `${field}: ${name}`).toBeInstanceOf(TransportError)
      expect
        .soft((outcome as TransportError).message, `${field}: ${name}`)
        .not.toMatch(/Cannot read|is not a function/)
    }
  }
  expect(clock.pending).toBe(0)
  await own.close()
})

test.each([undefined, null, 'https://api.ibkr.com/v1/api', 7, []])(
  'options that are %s are told',
  (options) => {
    for (const make of [createTransport, createSession])
      expect(() => make(options as never)).toThrow(
        expect.objectContaining({
          code: 'ERR_TRANSPORT_INVALID_INPUT',
          message: expect.stringMatching(/^options must/),
        }),
      )
  },
)
