import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, expectTypeOf, test } from 'vitest'
import * as api from '../src/index.ts'
import * as server from '../src/server.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

test('the public names', () => {
  expect(Object.keys(server).sort()).toEqual(['answerExchange', 'encryptAccessTokenSecret'])
  expect(Object.keys(api).sort()).toEqual([
    'LiveSessionToken',
    'LiveSessionTokenError',
    'PrivateEncryptionKey',
    'SecretBytes',
    'beginExchange',
    'beginExchangeInTurn',
    'checkDhParams',
    'decryptAccessTokenSecret',
    'decryptAccessTokenSecretInTurn',
    'formatDhParams',
    'isLiveSessionTokenError',
    'parseDhParams',
    'readLiveSessionTokenResponse',
  ])
})

test('the shapes that other packages and clients rely on', () => {
  expectTypeOf<api.Exchange>().toExtend<{
    diffieHellmanChallenge: string
    signatureBaseStringPrefix: string
  }>()
  expectTypeOf<api.LiveSessionToken>().toExtend<{ reveal(): Uint8Array; expiresAtMs: number }>()
  expectTypeOf<Response['headers']>().toExtend<api.HeadersLike>()
  expectTypeOf<import('node:http').IncomingHttpHeaders>().toExtend<api.HeadersLike>()
  expectTypeOf<import('node:crypto').KeyObject>().toExtend<api.KeyObjectLike>()
  expectTypeOf<import('node:crypto').KeyObject>().toExtend<api.PrivateEncryptionKeyInput>()
  expectTypeOf<import('node:crypto').webcrypto.CryptoKey>().toExtend<api.PrivateEncryptionKeyInput>()
})

describe('errors', () => {
  test('carry a code, and status and detail only where there are some', () => {
    const error = new api.LiveSessionTokenError('ERR_LST_INVALID_INPUT', 'no')
    expect(error).toBeInstanceOf(Error)
    expect(Object.keys(error).sort()).toEqual(['code', 'name'])
    const cause = new Error('why')
    const other = new api.LiveSessionTokenError('ERR_LST_REFUSED', 'no', { cause, status: 404, detail: 'x' })
    expect(other).toMatchObject({ name: 'LiveSessionTokenError', cause, status: 404, detail: 'x' })
  })

  test('are known by their code, also from another copy of the package', () => {
    expect(api.isLiveSessionTokenError(Object.assign(new Error('x'), { code: 'ERR_LST_GONE' }))).toBe(true)
    for (const value of [
      new Error('x'),
      { code: 'ERR_LST_GONE' },
      Object.assign(new Error(), { code: 'ERR_OAUTH1_LST' }),
      undefined,
    ]) {
      expect(api.isLiveSessionTokenError(value)).toBe(false)
    }
  })
})

describe('which primitives a runtime gets', () => {
  const resolved = (...conditions: string[]): string =>
    execFileSync(
      process.execPath,
      [
        ...conditions,
        '--input-type=module',
        '-e',
        "process.stdout.write(import.meta.resolve('@ibkr-auth/dh-live-session-token'))",
      ],
      {
        cwd: root,
        encoding: 'utf8',
      },
    )

  test('Node: the native ones', () => {
    expect(resolved()).toMatch(/\/dist\/node\/index\.js$/)
  })

  test('Bun: the portable ones', () => {
    expect(resolved('--conditions=bun')).toMatch(/\/dist\/index\.js$/)
  })
})

describe('what was built', () => {
  test.each([[[]], [['--conditions=bun']]])(
    'has each class once, whichever entry it came by: %s',
    (conditions) => {
      const program = `
      const [api, server] = await Promise.all(['', '/server'].map((entry) => import('@ibkr-auth/dh-live-session-token' + entry)))
      const accessTokenSecret = new api.SecretBytes(Uint8Array.of(1))
      const { prime } = api.parseDhParams({ prime: '${(2n ** 521n - 1n).toString(16)}' })
      const input = { dhParams: { prime, generator: 3n }, accessTokenSecret, consumerKey: 'C', diffieHellmanChallenge: '5' }
      let error
      try { server.answerExchange() } catch (thrown) { error = thrown }
      console.log(server.answerExchange(input).liveSessionToken instanceof api.LiveSessionToken, error instanceof api.LiveSessionTokenError)`
      const args = [...conditions, '--input-type=module', '-e', program]
      expect(execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })).toBe('true true\n')
    },
  )
})

const source = resolve(root, 'src')

/** Imports of a source file that are there when it runs, as paths; `#primitives` is what the browser gets. */
function importsOf(file: string, types = false): string[] {
  const statements = readFileSync(file, 'utf8').matchAll(
    /^(?:import|export)\b(?! (?:const|function|class|interface))([^;]*?)from '([^']+)'/gm,
  )
  return [...statements]
    .filter(([, names = '']) => types || !/^ type \{/.test(names))
    .map(([, , specifier = '']) =>
      specifier === '#primitives'
        ? resolve(source, 'primitives/portable.ts')
        : specifier.startsWith('.')
          ? resolve(dirname(file), specifier)
          : specifier,
    )
}

describe('the source', () => {
  test('reaches no built-in module and no other package but noble and what is bundled', () => {
    const seen = new Set<string>()
    const visit = (file: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      for (const target of importsOf(file)) {
        if (target.startsWith(source)) visit(target)
        else expect(target, file).toMatch(/^@(?:ibkr-auth\/internal|noble\/hashes)\//)
      }
    }
    for (const entry of ['index.ts', 'server.ts']) visit(resolve(source, entry))
    expect([...seen].filter((file) => /primitives\/node/.test(file))).toEqual([])
    expect(seen.size).toBeGreaterThan(20)
  })

  test('has no circle of values, and the halves do not know each other', () => {
    const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    )
    const finished = new Set<string>()
    const visit = (file: string, path: readonly string[]): void => {
      expect(path, [...path, file].join(' -> ')).not.toContain(file)
      if (finished.has(file)) return
      for (const target of importsOf(file)) if (target.startsWith(source)) visit(target, [...path, file])
      finished.add(file)
    }
    for (const name of files) visit(resolve(source, name), [])
    for (const name of files.filter((file) => /^(?:client|server)\//.test(file))) {
      const other = name.startsWith('client/') ? '/src/server/' : '/src/client/'
      expect(
        importsOf(resolve(source, name), true).filter((target) => target.includes(other)),
        name,
      ).toEqual([])
    }
  })

  test('draws no randomness but from a CSPRNG, waits for no timer, prints nothing', () => {
    const files = readdirSync(resolve(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    )
    for (const name of files) {
      expect(readFileSync(resolve(root, 'src', name), 'utf8'), name).not.toMatch(
        /Math\.random|setTimeout|setInterval|setImmediate|console\./,
      )
    }
  })
})
