import { channel, subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { eventChannel, hearChannel, type ListenerErrorEvent, subscriptionFault } from '../src/channel.ts'
import { publishPacingEvent } from '../src/pacing-channels.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.resetModules()
})

describe('channels', () => {
  it("are the runtime's own", () => {
    const heard: unknown[] = []
    const hear = (message: unknown) => void heard.push(message)
    subscribe('ibkr-auth:test', hear)
    eventChannel('ibkr-auth:test').publish({ n: 1 })
    unsubscribe('ibkr-auth:test', hear)
    const stop = hearChannel('ibkr-auth:test', hear)
    expect(eventChannel('ibkr-auth:test').hasSubscribers).toBe(true)
    channel('ibkr-auth:test').publish({ n: 2 })
    stop()
    eventChannel('ibkr-auth:test').publish({ n: 3 })
    expect(eventChannel('ibkr-auth:test').hasSubscribers).toBe(false)
    expect(heard).toEqual([{ n: 1 }, { n: 2 }])
  })

  it.each([
    ['no process', undefined],
    ["a bundler's process", {}],
    ['a process without the module', { getBuiltinModule: () => undefined }],
  ])('are silent where there is %s, and break nothing', async (_, process) => {
    vi.stubGlobal('process', process)
    vi.resetModules()
    const elsewhere = await import('../src/channel.ts')
    const one = elsewhere.eventChannel('ibkr-auth:test')
    const stop = elsewhere.hearChannel('ibkr-auth:test', () => expect.unreachable())
    expect(one.hasSubscribers).toBe(false)
    one.publish({ n: 1 })
    elsewhere.reportListenerError('mine', new Error('x'))
    stop()
  })

  it('report listeners that throw, themselves excepted', () => {
    const faults: ListenerErrorEvent[] = []
    const stops = [
      hearChannel('ibkr-auth:listener-error', () => {
        throw new Error('of faults')
      }),
      hearChannel<ListenerErrorEvent>('ibkr-auth:listener-error', (event) => faults.push(event)),
      hearChannel('ibkr-auth:test', () => {
        throw new Error('mine')
      }),
    ]
    eventChannel('ibkr-auth:test').publish({})
    for (const stop of stops) stop()
    expect(faults).toEqual([{ listener: 'ibkr-auth:test', error: new Error('mine') }])
  })
})

it('a subscription that would be silent for ever is told', () => {
  const channels = { 'ibkr-auth:a': true, 'ibkr-auth:b': true } as const
  const listener = () => undefined
  expect(subscriptionFault('ibkr-auth:a', listener, channels)).toBeUndefined()
  for (const name of ['ibkr-auth:c', 'toString', undefined, 7, {}])
    expect(subscriptionFault(name, listener, channels)).toBe('name must be one of ibkr-auth:a, ibkr-auth:b')
  for (const given of [undefined, null, 'console.log', {}])
    expect(subscriptionFault('ibkr-auth:b', given, channels)).toBe('listener must be a function')
})

it('pacings tell names, and nothing of what stands for one', () => {
  const heard: unknown[] = []
  const kinds = ['wait', 'penalty', 'pardon'] as const
  const stops = kinds.map((kind) => hearChannel(`ibkr-auth:pacing:${kind}`, (message) => heard.push(message)))
  const place = { method: 'GET', path: '/x', limit: undefined, expectedMs: 5 }
  publishPacingEvent({ type: 'wait', username: 'me', owner: { secret: 1 }, ...place })
  publishPacingEvent({ type: 'wait', username: { secret: 1 }, owner: undefined, ...place })
  publishPacingEvent({ type: 'penalty', egress: 'office', untilMs: 9 })
  publishPacingEvent({ type: 'pardon', egress: { secret: 1 } })
  for (const stop of stops) stop()
  publishPacingEvent({ type: 'pardon', egress: 'office' })
  expect(heard).toEqual([
    { type: 'wait', username: 'me', ...place },
    { type: 'wait', ...place },
    { type: 'penalty', egress: 'office', untilMs: 9 },
    { type: 'pardon' },
  ])
})
