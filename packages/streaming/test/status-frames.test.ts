import { describe, expect, it } from 'vitest'
import { marketData, orders } from '../src/index.ts'
import { collect, opened, setUp } from './set-up.ts'
import { settle } from './support.ts'

/** A stream with an open socket that has not been greeted. */
async function ungreeted() {
  const set = setUp()
  set.stream.subscribe(marketData(1, ['last']))
  await settle()
  set.sockets.last().open()
  return set
}

const success = { topic: 'system', success: 'user' }

describe('sts', () => {
  it('counts before the greeting too: no order is promised', async () => {
    const { stream, sockets } = await ungreeted()
    sockets.last().frame({ topic: 'sts', args: { authenticated: false } })
    sockets.last().frame(success)
    expect(stream.status().brokerage.authenticated).toBe(false)
    expect(stream.health().ok).toBe(false)
    expect(sockets.last().sent).toEqual(['tic'])
    sockets.last().frame({ topic: 'sts', args: { authenticated: true } })
    expect(sockets.last().sent.at(-1)).toMatch(/^smd\+1/)
  })

  it('that says competing before the greeting pauses, with nothing sent', async () => {
    const { stream, sockets } = await ungreeted()
    sockets.last().frame({ topic: 'sts', args: { competing: true } })
    sockets.last().frame(success)
    expect([stream.status().state, stream.status().reason]).toEqual(['paused', 'competing'])
    expect(sockets.last().sent).toEqual([])
  })

  it('that comes without a brokerage session, before the greeting, asks for a new connection in the end', async () => {
    const { stream, sockets, clock } = await ungreeted()
    sockets.last().frame({ topic: 'sts', args: { connected: false } })
    sockets.last().frame(success)
    for (let at = 0; at < 31; at += 1) {
      await clock.advance(10_000)
      sockets.last().heartbeat()
    }
    expect(sockets.all.length).toBe(2)
    stream.close()
  })

  it('keeps a gap open until what was interrupted is asked for again', async () => {
    const { stream, sockets, clock } = await opened()
    const items = collect(stream.subscribe(orders()))
    sockets.last().close()
    await clock.advance(1_000)
    sockets.last().open()
    sockets.last().frame({ topic: 'sts', args: { authenticated: false } })
    sockets.last().frame(success)
    await clock.advance(5_000)
    expect(items).toEqual([])
    sockets.last().frame({ topic: 'sts', args: { authenticated: true } })
    expect(items).toEqual([{ kind: 'gap', fromMs: expect.any(Number), toMs: expect.any(Number) }])
    expect(items.map((item) => item.kind === 'gap' && item.toMs - item.fromMs)).toEqual([6_000])
  })

  it('leaves quotes stale that still arrive after the brokerage session went, since nothing tells their end', async () => {
    const { stream, sockets } = await opened()
    const items = collect(stream.subscribe(marketData(1, ['last'])))
    sockets.last().frame({ topic: 'smd+1', 31: '1' })
    sockets.last().frame({ topic: 'sts', args: { authenticated: false } })
    sockets.last().frame({ topic: 'smd+1', 31: '2' })
    expect(items.at(-1)).toMatchObject({ stale: 'no-brokerage-session', value: { fields: { last: '2' } } })
    sockets.last().frame({ topic: 'sts', args: { authenticated: true } })
    sockets.last().frame({ topic: 'smd+1', 31: '3' })
    expect(items.at(-1)).toMatchObject({ stale: undefined })
  })

  it('takes its words back with empty ones, each its own', async () => {
    const { stream, sockets } = await opened()
    sockets.last().frame({ topic: 'sts', args: { message: 'lost', fail: 'why' } })
    sockets.last().frame({ topic: 'sts', args: { message: '' } })
    expect(stream.status().brokerage).toMatchObject({ message: undefined, fail: 'why' })
  })

  it('that repeats a token is shown without it', async () => {
    const { stream, sockets, events } = await opened()
    const token = '7f3a9c21b0de45e8aa10'
    sockets.last().frame({ topic: 'sts', args: { fail: `token ${token} is no good`, message: token } })
    expect(JSON.stringify([stream.status(), events])).not.toContain(token)
    expect(stream.status().brokerage.fail).toBe('token [masked] is no good')
  })
})
