import { expect, test } from 'vitest'
import { type Conversation, Conversations, cancelsOrder } from '../src/conversations.ts'

const order = { method: 'POST', path: '/iserver/account/U1/orders' }

function conversation(name: string): Conversation {
  return { conversation: name, untilMs: undefined }
}

test('one goes after the other, each for its time, which begins with its turn', () => {
  const all = new Conversations(5_000)
  const [first, second] = [conversation('first'), conversation('second')]
  all.add(first)
  all.add(second)
  expect(all.current(1_000)).toBe(first)
  expect([first.untilMs, second.untilMs]).toEqual([6_000, undefined])
  expect(all.current(5_999)).toBe(first)
  expect(all.current(6_000)).toBe(second)
  expect(second.untilMs).toBe(11_000)
  expect(all.current(11_000)).toBeUndefined()
  expect(all.idle).toBe(true)
})

test('only its own requests, and cancellations of orders, pass', () => {
  const all = new Conversations(5_000)
  const one = conversation('one')
  expect(all.lets(order, 0)).toBe(true)
  all.add(one)
  expect(all.lets(order, 0)).toBe(false)
  expect(all.lets({ ...order, conversation: 'other' }, 0)).toBe(false)
  expect(all.lets({ ...order, conversation: 'one' }, 0)).toBe(true)
  expect(all.lets({ method: 'DELETE', path: '/iserver/account/U1/order/7' }, 0)).toBe(true)
  expect(all.lets(order, 5_000)).toBe(true)
})

test('what has no name belongs to none, not even to one without a name', () => {
  const all = new Conversations(5_000)
  all.add({ conversation: undefined, untilMs: undefined })
  expect(all.lets(order, 0)).toBe(false)
})

test('is ended once', () => {
  const all = new Conversations(5_000)
  const one = conversation('one')
  all.add(one)
  expect([all.end(one), all.end(one), all.idle]).toEqual([true, false, true])
})

test.each<[string, string, boolean]>([
  ['DELETE', '/iserver/account/U1/order/7', true],
  ['DELETE', '/iserver/account/U1/order/7/', true],
  ['POST', '/iserver/account/U1/order/7', false],
  ['DELETE', '/iserver/account/U1/orders', false],
  ['DELETE', '/iserver/account/U1/order/', false],
  ['DELETE', '/iserver/account//order/7', false],
  ['DELETE', '/fyi/account/U1/order/7', false],
])('%s %s cancels an order: %s', (method, path, expected) => {
  expect(cancelsOrder({ method, path })).toBe(expected)
})
