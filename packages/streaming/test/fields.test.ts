import { describe, expect, it } from 'vitest'
import { type Availability, marketData, marketDataFields, quoteNumber } from '../src/index.ts'
import { collect, opened } from './set-up.ts'

describe('fields', () => {
  it.each([
    ['189.2', 189.2],
    ['C189.20', 189.2],
    ['H189.20', 189.2],
    ['1,234,567', 1_234_567],
    ['1.2M', 1_200_000],
    ['21.4K', 21_400],
    ['3B', 3_000_000_000],
    ['-0.53%', -0.53],
    ['+.5', 0.5],
    ['', undefined],
    ['N/A', undefined],
    ['C', undefined],
    [',', undefined],
    ['1e5', undefined],
    ['0x10', undefined],
    [undefined, undefined],
  ])('the number in %j is %j', (text, number) => expect(quoteNumber(text)).toBe(number))

  it.each<[unknown, Availability]>([
    ['RpB', 'real-time'],
    ['DPB', 'delayed'],
    ['Z', 'frozen'],
    ['Y', 'frozen-delayed'],
    ['N', 'not-subscribed'],
    ['', 'unknown'],
    [7, 'unknown'],
    ['?', 'unknown'],
  ])('availability %j is %s', async (code, availability) => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(marketData(1, ['last'])))
    sockets.last().frame({ topic: 'smd+1', '6509': code })
    expect(items).toMatchObject([{ value: { availability } }])
  })

  it('are no two names for one number', () => {
    const numbers = Object.values(marketDataFields)
    expect(new Set(numbers).size).toBe(numbers.length)
  })

  it('asked for by number come under their name, or under the number that has none', async () => {
    const { sockets, stream } = await opened()
    const items = collect(stream.subscribe(marketData(1, ['84', '9999'])))
    sockets.last().frame({ topic: 'smd+1', '84': 3, '9999': 'x', '31': 'not asked for' })
    expect(items).toMatchObject([{ value: { fields: { bid: '3', '9999': 'x' } } }])
    expect(JSON.stringify(items)).not.toContain('not asked')
  })
})
