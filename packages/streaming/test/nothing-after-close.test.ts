import { describe, expect, it } from 'vitest'
import { orders, type StreamEvent } from '../src/index.ts'
import { opened, setUp } from './set-up.ts'
import { settle } from './support.ts'

describe('after a close() within a listener nothing is asked, opened, sent or told', () => {
  it.each<[string, (event: StreamEvent) => boolean]>([
    [
      'of the state connecting',
      ({ type, ...event }) => type === 'state' && 'to' in event && event.to === 'connecting',
    ],
    [
      'of the state opening',
      ({ type, ...event }) => type === 'state' && 'to' in event && event.to === 'opening',
    ],
    [
      'of the state greeting',
      ({ type, ...event }) => type === 'state' && 'to' in event && event.to === 'greeting',
    ],
    ['of the state open', ({ type, ...event }) => type === 'state' && 'to' in event && event.to === 'open'],
    ['of a gap', ({ type }) => type === 'gap'],
    ['of the brokerage session', ({ type }) => type === 'brokerage'],
    ['of an error', ({ type }) => type === 'error'],
  ])('%s', async (_name, isIt) => {
    const { stream, sockets, clock, connects } = await opened()
    stream.subscribe(orders(), {
      catchUp: () => {
        throw new Error('asked after the close')
      },
    })
    const done = () => [connects(), sockets.all.length, sockets.all.flatMap(({ sent }) => sent)]
    let atClose: unknown
    const later: StreamEvent[] = []
    stream.on((event) => {
      if (atClose !== undefined) later.push(event)
      if (atClose !== undefined || !isIt(event)) return
      stream.close()
      atClose = done()
    })
    sockets.last().close()
    await clock.advance(1_000)
    if (sockets.all.length > 1) {
      sockets.last().open()
      sockets.last().frame('no JSON')
      sockets.last().greet()
    }
    await clock.advance(3_600_000)
    expect(done()).toEqual(atClose)
    expect(later.filter((event) => event.type !== 'state' || event.to !== 'closed')).toEqual([])
  })

  it('a listener that closes its subscription with the first of what waits hears no second', async () => {
    const { stream, sockets } = await opened()
    const subscription = stream.subscribe(orders())
    for (let orderId = 1; orderId <= 5; orderId += 1)
      sockets.last().frame({ topic: 'sor', args: [{ orderId }] })
    const heard: unknown[] = []
    subscription.on(
      (item) => {
        heard.push(item.kind)
        subscription.close()
      },
      () => heard.push('ended'),
    )
    expect(heard).toEqual(['update', 'ended'])
  })

  it('a listener that closes its subscription with the gap is asked for no catchUp', async () => {
    const { stream, sockets, clock } = await opened()
    let asked = 0
    const catchUp = () => {
      asked += 1
    }
    const subscription = stream.subscribe(orders(), { catchUp })
    subscription.on((item) => {
      if (item.kind === 'gap') subscription.close()
    })
    sockets.last().close()
    await clock.advance(1_000)
    sockets.last().greet()
    await settle()
    expect(asked).toBe(0)
  })

  it('disposing twice, and closing after it, is closing once', async () => {
    const { stream, events } = setUp()
    await stream[Symbol.asyncDispose]()
    await stream[Symbol.asyncDispose]()
    stream.close()
    expect(events).toHaveLength(1)
  })
})
