import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isData, next } from '../src/connection/machine.ts'
import { defaultRules } from '../src/connection/rules.ts'
import type { ConnectionState, Frame } from '../src/connection/state.ts'
import {
  accountSummary,
  bulletins,
  depth,
  history,
  ledger,
  marketData,
  notifications,
  orders,
  profitAndLoss,
  topic,
  trades,
} from '../src/index.ts'
import { collect, opened, setUp } from './set-up.ts'
import { settle } from './support.ts'

const everyTopic = () => [
  marketData(1, ['last', 'bid']),
  orders(),
  trades(),
  profitAndLoss(),
  accountSummary('U1'),
  ledger('U1'),
  history(1, { period: '1d', bar: '1min' }),
  depth('U1', 1),
  notifications(),
  bulletins(),
  topic('shs+exercise+{"CEX":"1"}'),
]

const frameTopics = [
  'smd+1',
  'sor',
  'str',
  'spl',
  'ssd+U1',
  'sld+U1',
  'smh+1',
  'sbd+U1',
  'ntf',
  'blt',
  'act',
  'system',
  'sts',
  'tic',
  'error',
  '__proto__',
  'constructor',
  '',
]
const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    '',
    '1e999',
    1e308,
    -0,
    [],
    {},
    [[]],
    [null],
    { toString: 1 },
    { length: -1 },
  ),
  fc.json().map((text) => JSON.parse(text) as unknown),
  fc.array(
    fc.record(
      { key: fc.jsonValue(), execution_id: fc.jsonValue(), orderId: fc.jsonValue() },
      { requiredKeys: [] },
    ),
  ),
)
const memberNames = [
  'args',
  'result',
  'data',
  'message',
  'error',
  'hb',
  'success',
  'serverId',
  'conid',
  '_updated',
  '31',
  '84',
  '6509',
  '__proto__',
  'toString',
]
const frames = fc
  .tuple(
    fc.constantFrom(...frameTopics),
    fc.array(fc.tuple(fc.constantFrom(...memberNames), strange), { maxLength: 4 }),
  )
  .map(([name, members]) => {
    const text = members.map(([key, value]) => `,${JSON.stringify(key)}:${JSON.stringify(value) ?? 'null'}`)
    return `{"topic":${JSON.stringify(name)}${text.join('')}}`
  })

describe('a hostile server', () => {
  it('brings nothing down, pollutes nothing and is survived, whatever its frames hold', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frames, { maxLength: 30 }), async (texts) => {
        const { sockets, stream, clock } = await opened()
        const items = everyTopic().map((one) => collect(stream.subscribe<unknown>(one as never)))
        for (const text of texts) sockets.last().frame(text)
        await settle()
        expect(Object.keys(Object.prototype)).toEqual([])
        for (const item of items.flat()) expect(() => JSON.stringify(item)).not.toThrow()
        expect(() => JSON.stringify(stream.status())).not.toThrow()
        sockets.last().close()
        // Competing logins pause for at most a minute.
        await clock.advance(61_000)
        sockets.last().greet()
        expect(stream.status().state).toBe('open')
        stream.close()
      }),
      { numRuns: 300 },
    )
  })

  it('data goes the straight way exactly where the machine would only hand it on', () => {
    const counts = { failures: 0, brief: 0, pauses: 0 }
    const common = { counts, attempt: 1, sinceMs: 0 }
    const states: ConnectionState[] = [
      { name: 'idle' },
      { name: 'connecting', ...common },
      { name: 'opening', ...common },
      { name: 'greeting', ...common, sessionSent: false, brokerage: {} },
      { name: 'open', ...common, heartbeatAtMs: 0, ticAtMs: 0, brokerage: {}, brokerageLostAtMs: undefined },
      { name: 'waiting', counts, attempt: 1, untilMs: 5, reason: 'closed' },
      { name: 'closed' },
    ]
    const context = { nowMs: 1, random: () => 0.5, rules: defaultRules }
    fc.assert(
      fc.property(fc.constantFrom(...states), fc.constantFrom(1, 2), frames, (state, attempt, text) => {
        const frame = JSON.parse(text) as Frame
        const step = next(state, { type: 'frame', attempt, frame }, context)
        expect(step.effects.some((effect) => effect.do === 'deliver')).toBe(isData(state, attempt, frame))
        const isOurs = state.name === 'open' && attempt === 1
        const isConnections = frame.topic === 'system' || frame.topic === 'sts'
        expect(isData(state, attempt, frame)).toBe(isOurs && !isConnections)
        if (isData(state, attempt, frame)) {
          expect(step.state).toBe(state)
          expect(step.effects).toEqual([{ do: 'deliver', frame }])
        }
      }),
      { numRuns: 2_000 },
    )
  })

  it('that invents accounts without end is not remembered without end', async () => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(profitAndLoss()))
    for (let turn = 0; turn < 30; turn += 1) {
      const args = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`${turn}.${index}`, {}]))
      sockets.last().frame({ topic: 'spl', args })
    }
    const last = items.at(-1)
    expect(Object.keys(last?.kind === 'update' ? last.value : {}).length).toBeLessThanOrEqual(10_000)
  })

  it('cannot put a refusal on a topic that is none of its business', async () => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(orders()))
    sockets.last().frame({ error: 'sorry, no such sort of thing', code: 1 })
    sockets.last().frame({ topic: 'sor', args: [{ orderId: 1 }] })
    expect(items).toHaveLength(1)
  })

  it.each([
    ['a number', { topic: 'sor', error: 7 }],
    ['an object', { topic: 'sor', error: { code: 1 } }],
    ['no text', { topic: 'sor', error: '' }],
  ])('whose refusal is %s is a refusal', async (_name, frame) => {
    const { sockets, stream } = await opened()
    const ended: unknown[] = []
    stream.subscribe(orders()).on(
      () => undefined,
      (error) => ended.push(error),
    )
    sockets.last().frame(frame)
    expect(ended).toEqual([expect.objectContaining({ code: 'ERR_STREAM_SUBSCRIPTION_REFUSED' })])
  })

  it('is not told again what it has refused', async () => {
    const { sockets, stream } = await opened()
    stream.subscribe(orders())
    sockets.last().frame({ topic: 'sor', error: 'no' })
    expect(sockets.last().sent).not.toContain('uor+{}')
    expect(stream.status().subscriptions).toEqual([])
  })

  it('that answers 429 is left alone for a quarter of an hour', async () => {
    const { sockets, stream, clock } = setUp()
    stream.subscribe(orders())
    await settle()
    sockets.last().refuse(Object.assign(new Error('429'), { status: 429 }) as never)
    await clock.advance(899_000)
    expect(sockets.all).toHaveLength(1)
    await clock.advance(1_000)
    expect(sockets.all).toHaveLength(2)
  })

  it('that answers 429 is left alone with a new credential too: it is the address that is barred', async () => {
    let tell: () => void = () => undefined
    const { sockets, stream, clock } = setUp({
      onCredential: (listener) => {
        tell = listener
        return () => undefined
      },
    })
    stream.subscribe(orders())
    await settle()
    sockets.last().refuse(Object.assign(new Error('429'), { status: 429 }) as never)
    await clock.advance(5_000)
    tell()
    await clock.advance(894_000)
    expect(sockets.all).toHaveLength(1)
    await clock.advance(1_000)
    expect(sockets.all).toHaveLength(2)
  })
})
