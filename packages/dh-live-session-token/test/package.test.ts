import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, expectTypeOf, test } from 'vitest'
import * as api from '../src/index.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

test('the public names', () => {
  expect(Object.keys(api).sort()).toEqual([
    'AccessTokenSecret',
    'LiveSessionToken',
    'LiveSessionTokenError',
    'PrivateEncryptionKey',
    'answerExchange',
    'beginExchange',
    'beginExchangeAsync',
    'checkDhParams',
    'decryptAccessTokenSecret',
    'decryptAccessTokenSecretAsync',
    'encryptAccessTokenSecret',
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
    expect(resolved()).toMatch(/\/dist\/node\.js$/)
  })

  test('Bun: the portable ones', () => {
    expect(resolved('--conditions=bun')).toMatch(/\/dist\/index\.js$/)
  })
})

describe('the source', () => {
  const importsOf = (file: string): string[] =>
    [...readFileSync(file, 'utf8').matchAll(/(?:from|import) '([^']+)'/g)].map(
      ([, specifier = '']) => specifier,
    )

  test('reaches no built-in module and no other package by way of the portable primitives', () => {
    const seen = new Set<string>()
    const visit = (file: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      for (const specifier of importsOf(file)) {
        const target =
          specifier === '#primitives'
            ? resolve(root, 'src/primitives/portable.ts')
            : resolve(dirname(file), specifier)
        expect(specifier, file).toMatch(/^(#primitives|\.\.?\/.+\.ts)$/)
        visit(target)
      }
    }
    visit(resolve(root, 'src/index.ts'))
    expect([...seen].map((file) => relative(root, file))).not.toContain('src/primitives/node.ts')
    expect(seen.size).toBeGreaterThan(20)
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
