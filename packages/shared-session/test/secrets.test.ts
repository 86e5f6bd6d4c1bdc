import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import { fileStore, redisStore } from '../src/index.ts'
import { memoryStore } from '../src/store/memory-store.ts'
import { ModelProcess, ModelServer, modelCredential } from './support/model.ts'
import { VirtualTime } from './support/virtual-clock.ts'

const secret = 'k3Jq8vTz0pWn5LmX'

async function errorOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => {
      throw new Error('nothing was thrown')
    },
    (thrown: unknown) => thrown,
  )
  return inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error)
}

describe('errors hold no credential', () => {
  test.each([
    [
      'decode',
      (data: string) => {
        throw new Error(`cannot read ${data}`)
      },
    ],
    ['decode, as the parser of JSON does', (data: string) => JSON.parse(data)],
  ])('that %s repeats', async (_name, decode) => {
    const time = new VirtualTime()
    const [server, store] = [new ModelServer(time), memoryStore({ now: time.now })]
    const establish = async () => modelCredential(1, time.now() + 20_000)
    const options = { establish, encode: () => secret, decode }
    const [one, two] = [new ModelProcess(server, store, options), new ModelProcess(server, store, options)]
    await time.until(one.obtain('first'))
    const text = await errorOf(time.until(two.obtain('first')))
    expect(text).toContain('ERR_SHARED_SESSION_BAD_CREDENTIAL')
    expect(text + JSON.stringify(two.share.status())).not.toContain(secret.slice(0, 8))
  })

  test('that encode repeats', async () => {
    const time = new VirtualTime()
    const one = new ModelProcess(new ModelServer(time), memoryStore({ now: time.now }), {
      encode: () => {
        throw new Error(secret)
      },
    })
    expect(await errorOf(time.until(one.obtain('first')))).not.toContain(secret)
  })

  test.each(['OOM command not allowed', 'READONLY You cannot write against a replica'])(
    'that ioredis keeps with its command: %s',
    async (message) => {
      const client = {
        defineCommand: undefined,
        eval: async () => undefined,
        evalsha: async (...args: unknown[]) => {
          throw Object.assign(new Error(message), { command: { name: 'evalsha', args } })
        },
        duplicate: () => undefined as never,
      }
      const text = await errorOf(redisStore(client).compareAndSet('key', 1, secret, 1_000))
      expect(text).toContain(message)
      expect(text).not.toContain(secret)
    },
  )

  test('that stands in a file which is no record any more', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ibkr-auth-'))
    const store = fileStore(directory)
    const { revision } = await store.read('key')
    await store.compareAndSet('key', revision, 'value', 60_000)
    for (const folder of readdirSync(directory).filter((name) => name.length === 40))
      for (const file of readdirSync(join(directory, folder)))
        writeFileSync(join(directory, folder, file), `{"value":${secret}`)
    expect(await errorOf(store.read('key'))).not.toContain(secret.slice(0, 4))
    rmSync(directory, { recursive: true })
  })
})

describe('a session whose cookies are no texts', () => {
  test.each<[string, () => unknown]>([
    ['numbers', () => [1]],
    ['one text', () => 'a=b'],
    ['nothing', () => null],
    [
      'an error',
      () => {
        throw new Error('mine')
      },
    ],
  ])('but %s shares its login without them', async (_name, cookies) => {
    const time = new VirtualTime()
    const [server, store] = [new ModelServer(time), memoryStore({ now: time.now })]
    const [one, two] = [new ModelProcess(server, store), new ModelProcess(server, store)]
    one.share.follow({ renew: async () => undefined, cookies: cookies as never })
    await time.until(one.obtain('first'))
    await time.until(two.obtain('first'))
    expect([server.logins, two.held?.adopted, two.held?.cookies]).toEqual([1, true, undefined])
  })
})
