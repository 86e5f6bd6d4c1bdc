import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QuoteFrame } from '../src/connection/quote-frame.ts'
import { type Frame, marketData, type Quote, type Topic } from '../src/index.ts'
import { readsQuotes } from '../src/topics/market-data.ts'
import { collect, opened } from './set-up.ts'

const frame = new QuoteFrame()
const topic = marketData(1, ['last', 'bid', 'ask', 'volumeLong', '7219'])

/** What the two ways of reading make of one text, each on top of the same earlier quote. */
function bothReadings(text: string): [Quote | undefined, Quote | undefined] {
  const [whole, found] = [topic.open(), topic.open()]
  for (const reader of [whole, found]) reader.read({ _updated: 1, '31': 'earlier', '7219': 'earlier' }, 1)
  if (!readsQuotes(found)) throw new Error('market data is not read by its members')
  return [whole.read(JSON.parse(text), 2), found.readQuote(frame, 2)]
}

const names = [
  ...['topic', 'topic', '_updated', 'conid', 'server_id', 'error', 'message', '__proto__', ''],
  ...['31', '31', '84', '86', '7762', '6509', '7219', '031', '0', '1234567', '3１'],
].map((name) => JSON.stringify(name))
const values = [
  ...['smd+1', 'smd+1@NYSE', 'smd+265598', 'sor', 'RpB', '', '189.25', 'C189.2', 'Zürich', '€', '𝄞'],
  ...['a"b', 'back\\slash', 'line\nbreak', '\u0000', '\u2028', '\ud800'],
].map((text) => JSON.stringify(text))
const others = [
  ...['0', '1', '-1', '-0', '007', '1.50', '1e3', '1700000000000', '999999999999999', '12345678901234567890'],
  ...['null', 'true', '{}', '[]', '[1]', '{"error":"x"}', '', 'NaN', '1_000', '+1', "'x'", '"\t"', '"'],
]
/** The first in nine of ten, so that what is read differently is not hidden among what nobody would read. */
const mostly = (usual: string, ...unusual: string[]) =>
  fc.oneof(
    { weight: 9, arbitrary: fc.constant(usual) },
    { weight: 1, arbitrary: fc.constantFrom(...unusual) },
  )
const plain = fc.constantFrom(...values)
const name = fc.constantFrom(...names, '"\\u0033\\u0031"', '"to\\u0070ic"', "'31'", '31')
const member = fc
  .tuple(name, mostly(':', ' :', ': ', '='), fc.oneof(plain, fc.constantFrom(...others)))
  .map((parts) => parts.join(''))
const text = fc
  .tuple(
    mostly('{', '{ ', '', '[{', '\ufeff{'),
    fc.array(member, { maxLength: 6 }),
    fc.boolean(),
    mostly(',', ', ', ',,', ';'),
    mostly('}', '} ', '', ',}', '}}', '}\n'),
  )
  .map(([begin, members, isQuote, between, end]) => {
    const all = isQuote ? [...members, '"topic":"smd+1"'] : members
    return `${begin}${all.join(between)}${end}`
  })

describe('a frame of market data', () => {
  it('is found as it is parsed, or left to the parser', () => {
    let taken = 0
    const property = fc.property(text, (written) => {
      if (!frame.find(written)) return
      taken += 1
      const parsed = JSON.parse(written)
      expect([frame.topic, parsed.error, parsed.message]).toEqual([parsed.topic, undefined, undefined])
      const [whole, found] = bothReadings(written)
      expect(found).toEqual(whole)
    })
    fc.assert(property, { numRuns: 30_000 })
    expect(taken).toBeGreaterThan(2_000)
  })

  it('is none if it is cut off, or one character of it is another', () => {
    const written = '{"topic":"smd+1","_updated":1700000000000,"31":"1.5","7762":"12"}'
    for (let length = 0; length < written.length; length += 1)
      expect(frame.find(written.slice(0, length))).toBe(false)
    for (let at = 0; at < written.length; at += 1) {
      for (let code = 0; code < 256; code += 1) {
        const changed = written.slice(0, at) + String.fromCharCode(code) + written.slice(at + 1)
        if (!frame.find(changed)) continue
        const [whole, found] = bothReadings(changed)
        expect(found).toEqual(whole)
      }
    }
  })

  it.each([
    ['{"topic":"smd+1","31":"1"}'],
    [
      '{"server_id":"q0","conidEx":"1","conid":1,"_updated":17,"6119":"q0","31":"1","6509":"RB","topic":"smd+1"}',
    ],
    ['{"topic":"smd+1","83":7,"7051":"MICROSOFT – Ünïcode"}'],
  ])('as IBKR writes it is found: %s', (written) => expect(frame.find(written)).toBe(true))

  it.each([
    ['{"topic":"smd+1","error":"no"}'],
    ['{"topic":"smd+1","message":{"error":"no"}}'],
    ['{"topic":"smd+1","message":"no"}'],
    ['{"topic":"smh+1","31":"1"}'],
    ['{"topic":"system","hb":17}'],
    ['{"31":"1"}'],
    ['{}'],
    ['{"topic":"smd+1","31":"1"}{}'],
    [`{"topic":"smd+1","31":"1","7291":"${'9'.repeat(5_000)}"}`],
  ])('is left to the parser: %.60s', (written) => expect(frame.find(written)).toBe(false))

  it('keeps nothing of the frame before', () => {
    frame.find('{"topic":"smd+1","_updated":7,"31":"1","84":"2"}')
    frame.find('{"topic":"smd+1","84":"3"}')
    expect([frame.count, frame.updatedAtMs, frame.textAt(0)]).toEqual([1, undefined, '3'])
  })
})

describe('frames of market data', () => {
  it('reach a topic of the caller whole', async () => {
    const { sockets, stream } = await opened()
    const open: Topic<Frame>['open'] = () => ({ read: (frame) => frame, newest: () => undefined })
    const own: Topic<Frame> = { ...marketData(1, []), open, filter: undefined }
    const items = collect(stream.subscribe(own))
    sockets.last().frame({ topic: 'smd+1', conid: 1, '31': '5' })
    expect(items).toMatchObject([{ value: { topic: 'smd+1', conid: 1, '31': '5' } }])
  })

  it('come one after the other where a listener brings the next', async () => {
    const { sockets, stream } = await opened()
    const seen: unknown[] = []
    const one = stream.subscribe(marketData(1, ['last']))
    one.on((item) => {
      if (item.kind !== 'update') return
      if (seen.length === 0) sockets.last().frame({ topic: 'smd+1', '31': '2' })
      seen.push(item.value.fields.last)
    })
    const other = collect<Quote>(stream.subscribe(marketData(1, ['bid', 'last'])))
    sockets.last().frame({ topic: 'smd+1', '31': '1', '84': '9' })
    expect(seen).toEqual(['1', '2'])
    expect(other).toMatchObject([
      { value: { fields: { last: '1', bid: '9' } } },
      { value: { fields: { last: '2', bid: '9' } } },
    ])
  })
})
