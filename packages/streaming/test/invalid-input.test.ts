import { describe, expect, it } from 'vitest'
import {
  accountSummary,
  createStream,
  depth,
  history,
  marketData,
  orders,
  type StreamOptions,
  topic,
  trades,
} from '../src/index.ts'
import { setUp } from './set-up.ts'

const made = (options: object) =>
  createStream({ url: 'wss://api.ibkr.com/v1/api/ws', connect: async () => undefined, ...options } as never)

const bars = { period: '1d', bar: '1min' }

describe('what no stream can work with is refused by name', () => {
  it.each<[string, unknown]>([
    ['url', 'wss://api.ibkr.com/v1/api/ws?'],
    ['url', 'wss://api.ibkr.com/v1/api/ws#'],
    ['url', 'wss://:password@api.ibkr.com/v1/api/ws'],
    ['openSocket', 5],
    ['openSocket', null],
    ['dispatcher', {}],
    ['dispatcher', null],
    ['clock', {}],
    ['clock', null],
    ['random', 5],
    ['rules', 5],
    ['limits', 5],
    ['limits', { marketDataLine: 5 }],
    ['limits', { marketDataLines: Number.NaN }],
  ] satisfies [keyof StreamOptions, unknown][])('option %s: %o', (name, value) => {
    expect(() => made({ [name]: value })).toThrow(
      expect.objectContaining({ code: 'ERR_STREAM_INVALID_INPUT', message: expect.stringContaining(name) }),
    )
  })

  it.each<[string, string, () => unknown]>([
    ['history without options', 'options', () => history(1, undefined as never)],
    ['history of null', 'options', () => history(1, null as never)],
    ['a period that is a number', 'period', () => history(1, { ...bars, period: 1 as never })],
    ['a bar that would end the message', 'bar', () => history(1, { ...bars, bar: '1min"}' })],
    ['a source that no JSON holds', 'source', () => history(1, { ...bars, source: 1n as never })],
    ['an exchange that is no text', 'exchange', () => history(1, { ...bars, exchange: {} as never })],
    ['hours that are no flag', 'outsideRth', () => history(1, { ...bars, outsideRth: 1 as never })],
    ['a format that is no text', 'format', () => history(1, { ...bars, format: [] as never })],
    ['a filter that is a number', 'filters', () => orders([5 as never])],
    ['trades of null', 'options', () => trades(null as never)],
    ['market data of null', 'options', () => marketData(1, ['last'], null as never)],
    ['a summary of null', 'options', () => accountSummary('U1', null as never)],
    ['keys that are a text', 'keys', () => accountSummary('U1', { keys: 'abc' as never })],
    ['keys that no JSON holds', 'keys', () => accountSummary('U1', { keys: [1n] as never })],
    ['fields that are a number', 'fields', () => accountSummary('U1', { fields: Number.NaN as never })],
    ['depth of null', 'options', () => depth('U1', 1, null as never)],
    ['a topic that is a symbol', 'topic', () => topic(Symbol('s') as never)],
    ['a topic of frames that is a number', 'frameTopic', () => topic('sxx', { frameTopic: 5 as never })],
    ['an end that is empty', 'unsubscribe', () => topic('sxx', { unsubscribe: '' })],
    ['a topic with null', 'options', () => topic('sxx', null as never)],
    ['a subscription with a number', 'options', () => setUp().stream.subscribe(orders(), 5 as never)],
    [
      'a catchUp of quotes that is no function',
      'catchUp',
      () => setUp().stream.subscribe(marketData(1, ['last']), { catchUp: 'x' as never }),
    ],
  ])('%s', (_name, member, call) => {
    expect(call).toThrow(
      expect.objectContaining({ code: 'ERR_STREAM_INVALID_INPUT', message: expect.stringContaining(member) }),
    )
  })

  it.each([5, {}, null])('a signal that is %o', async (signal) => {
    await expect(setUp().stream.ready({ signal: signal as never })).rejects.toMatchObject({
      code: 'ERR_STREAM_INVALID_INPUT',
    })
  })

  it('leaves out of a history what is no parameter of it', () => {
    expect(history(1, { ...bars, toJSON: () => 'mine' } as never).subscribe).toBe(
      'smh+1+{"period":"1d","bar":"1min"}',
    )
  })
})
