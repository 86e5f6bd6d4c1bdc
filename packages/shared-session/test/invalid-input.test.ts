import { describe, expect, test } from 'vitest'
import {
  fileStore,
  memoryStore,
  redisStore,
  shareCredential,
  sharedNonceStore,
  sharedReplayStore,
  shareLeadership,
  sharePacing,
} from '../src/index.ts'

const store = memoryStore()
const lead = (more: object) => () => shareLeadership({ store, key: 'k', sealed: false, ...more })
const pace = (more: object) => () =>
  sharePacing({ store, key: 'k', global: { requests: 1, intervalMs: 1 }, limits: [], ...more })
const throws = () => {
  throw new Error('disposed')
}

describe('what cannot be shared by is refused by name', () => {
  const makers: Readonly<Record<string, (options: never) => unknown>> = {
    shareCredential,
    shareLeadership,
    sharePacing,
    sharedNonceStore,
    sharedReplayStore,
  }
  test.each(Object.entries(makers))('%s without options', (_name, make) => {
    for (const options of [undefined, null, 5, 'x'])
      expect(() => make(options as never)).toThrow(
        expect.objectContaining({ code: 'ERR_SHARED_SESSION_INVALID_INPUT' }),
      )
  })

  test.each<[string, string, () => unknown]>([
    ['a clock without hands', 'clock', lead({ clock: {} })],
    ['a clock that is null', 'clock', lead({ clock: null })],
    ['a key with half a character', 'key', lead({ key: 'a\ud800' })],
    ['no store', 'store', lead({ store: null })],
    ['a sealing key that was disposed of', 'seal', lead({ sealed: undefined, seal: { reveal: throws } })],
    ['a sealing key that is null', 'seal', lead({ sealed: undefined, seal: null })],
    ['no window', 'all', pace({ global: undefined })],
    ['no limits', 'limits', pace({ limits: undefined })],
    ['a limit that is null', 'limits', pace({ limits: [null] })],
    ['a limit without windows', 'windows', pace({ limits: [{ name: 'x', methods: ['GET'], paths: ['/'] }] })],
    [
      'a window that is null',
      'x',
      pace({ limits: [{ name: 'x', methods: [], paths: [], windows: [null] }] }),
    ],
    ['no Redis client', 'client', () => redisStore(null as never)],
    ['no options of Redis', 'options', () => redisStore({ evalsha: throws } as never, null as never)],
    ['no options of files', 'options', () => fileStore('folder', null as never)],
    ['a folder that none can be', 'directory', () => fileStore('folder\0')],
    ['no time of files', 'now', () => fileStore('folder', { now: 5 as never })],
    ['no options of memory', 'options', () => memoryStore(null as never)],
    ['no time of memory', 'now', () => memoryStore({ now: 5 as never })],
  ])('%s', (_name, member, make) => {
    expect(make).toThrow(
      expect.objectContaining({
        code: 'ERR_SHARED_SESSION_INVALID_INPUT',
        message: expect.stringContaining(member),
      }),
    )
  })

  test.each([null, undefined, 5, {}])('a request for a place that is %o', async (request) => {
    const pacing = pace({})()
    await expect(pacing.acquire(request as never)).rejects.toMatchObject({
      code: 'ERR_SHARED_SESSION_INVALID_INPUT',
    })
    await pacing.close()
  })
})
