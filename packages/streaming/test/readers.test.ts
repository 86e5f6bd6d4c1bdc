import { describe, expect, it } from 'vitest'
import { frames, orders, topic, trades } from '../src/index.ts'
import { collect, opened, setUp } from './set-up.ts'
import { settle } from './support.ts'

describe('a subscription', () => {
  it('answers several next() at a time, each its own item', async () => {
    const { stream, sockets } = await opened()
    const reader = stream.subscribe(orders())[Symbol.asyncIterator]()
    const pending = [reader.next(), reader.next()]
    for (let id = 1; id <= 2; id += 1) sockets.last().frame({ topic: 'sor', args: [{ orderId: id }] })
    const values = await Promise.all(pending)
    expect(values).toMatchObject([
      { value: { value: [{ orderId: 1 }] } },
      { value: { value: [{ orderId: 2 }] } },
    ])
  })

  it('lets go of a next() that waits when it is returned', async () => {
    const { stream } = await opened()
    const reader = stream.subscribe(orders())[Symbol.asyncIterator]()
    const pending = reader.next()
    await reader.return?.()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(stream.status().subscriptions).toEqual([])
  })

  it('is iterated once: two would each get half', async () => {
    const { stream } = await opened()
    const subscription = stream.subscribe(orders())
    subscription[Symbol.asyncIterator]()
    expect(() => subscription[Symbol.asyncIterator]()).toThrow(/iterated once/)
  })

  it('that ends by an error tells a listener, or else the stream', async () => {
    const { stream, sockets, events } = await opened()
    const ended: unknown[] = []
    stream.subscribe(orders()).on(
      () => undefined,
      (error) => ended.push(error),
    )
    stream.subscribe(trades()).on(() => undefined)
    sockets.last().frame({ topic: 'sor', error: 'no' })
    sockets.last().frame({ topic: 'str', error: 'neither' })
    expect(ended).toEqual([expect.objectContaining({ message: 'IBKR refused sor: no' })])
    const errors = events.flatMap((event) => (event.type === 'error' ? [event.error] : []))
    expect(errors).toEqual([expect.objectContaining({ message: 'IBKR refused str: neither' })])
  })

  it('closed before it was confirmed says so where that is waited for', async () => {
    const { stream } = await opened()
    const subscription = stream.subscribe(trades())
    subscription.close()
    await expect(subscription.confirmed).rejects.toMatchObject({ code: 'ERR_STREAM_CLOSED' })
  })
})

describe('send', () => {
  it('says a message once, on an open connection alone', async () => {
    const { stream, sockets, clock } = setUp()
    expect(() => stream.send('inp+exercise+{}')).toThrow(
      expect.objectContaining({ code: 'ERR_STREAM_NOT_OPEN' }),
    )
    const ready = stream.ready()
    await settle()
    sockets.last().greet()
    await ready
    stream.send('inp+exercise+{}')
    sockets.last().close()
    await clock.advance(1_000)
    sockets.last().greet()
    expect(sockets.all.map(({ sent }) => sent)).toEqual([['tic', 'inp+exercise+{}'], ['tic']])
    expect(() => topic('inp+exercise+{}')).toThrow(/sent again after each reconnection/)
    expect(() => topic('sor+{}')).toThrow(/orders/)
  })

  it('is answered by frames that nothing was sent for, errors among them', async () => {
    const { stream, sockets, events } = await opened()
    const answers = stream.subscribe(frames('inp+exercise'))
    await answers.confirmed
    const items = collect(answers)
    const prompt = { topic: 'inp+exercise', action: 'prompt', data: { id: 7 } }
    sockets.last().frame(prompt)
    sockets.last().frame({ topic: 'inp+exercise', error: 'id is not valid' })
    expect(items).toMatchObject([{ value: prompt }, { value: { error: 'id is not valid' } }])
    answers.close()
    sockets.last().frame({ topic: 'inp+exercise', error: 'nobody hears' })
    expect(events.filter(({ type }) => type === 'error')).toHaveLength(1)
    expect(sockets.last().sent).toEqual(['tic'])
    for (const bad of ['', 7, undefined]) expect(() => frames(bad as never)).toThrow(/frameTopic/)
  })
})
