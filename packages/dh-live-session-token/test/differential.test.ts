import { execFileSync } from 'node:child_process'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type * as root from '../src/index.ts'
import type * as server from '../src/server.ts'
import { consumerKey, smallDhParams } from './support/exchanges.ts'
import { bytes, hex, ibkrExample, jwkFrom, keyObjectFrom, publicJwkFrom } from './support/fixtures.ts'

// The two builds side by side, as users get them: whatever goes in, both answer the same. Accepted differences:
// - encrypted keys and CryptoKey objects are opened on Node only (README, Runtimes);
// - how long the arithmetic takes.

type Package = typeof root & typeof server

async function build(folder: string): Promise<Package> {
  const at = (name: string): string => new URL(`../dist/${folder}${name}.js`, import.meta.url).href
  return { ...(await import(at('index'))), ...(await import(at('server'))) }
}

const [node, portable] = await Promise.all([build('node/'), build('')])
const seeded = { seed: 2018, numRuns: 40 }
const jwk = jwkFrom(ibkrExample.encryptionKey)
const { ciphertextBase64, plaintextHex } = ibkrExample.accessTokenSecret

/** A result as text, or the code and message of the error. */
function outcome(work: () => unknown): string {
  try {
    return `result ${String(work())}`
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return `${code} ${message}`
  }
}

function expectSame(work: (one: Package) => unknown): void {
  expect(outcome(() => work(portable))).toBe(outcome(() => work(node)))
}

const decrypted = (one: Package, text: string, key: object | string | Uint8Array): string =>
  hex(one.decryptAccessTokenSecret(text, key as object).reveal())

describe('both builds answer the same', () => {
  test('they are two', () => {
    expect(node.beginExchange).not.toBe(portable.beginExchange)
    expect(outcome(() => decrypted(node, ciphertextBase64, jwk))).toBe(`result ${plaintextHex}`)
  })

  test('to any ciphertext', () => {
    const [nodeKey, portableKey] = [
      new node.PrivateEncryptionKey(jwk),
      new portable.PrivateEncryptionKey(jwk),
    ]
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 254, maxLength: 257 }), fc.boolean(), (value, small) => {
        if (small) value[0] = 0
        const text = Buffer.from(value).toString('base64')
        const [one, other] = [
          outcome(() => hex(node.decryptAccessTokenSecret(text, nodeKey).reveal())),
          outcome(() => hex(portable.decryptAccessTokenSecret(text, portableKey).reveal())),
        ]
        expect(other).toBe(one)
      }),
      seeded,
    )
  })

  test('to a key with a bit flipped anywhere, in any form', () => {
    const key = keyObjectFrom(ibkrExample.encryptionKey)
    const ders = (['pkcs1', 'pkcs8'] as const).map(
      (type) => new Uint8Array(key.export({ type, format: 'der' })),
    )
    fc.assert(
      fc.property(fc.constantFrom(...ders), fc.nat(), fc.boolean(), (der, at, asPem) => {
        const flipped = der.slice()
        flipped[at % der.length]! ^= 1 << (at % 7)
        const pem = `-----BEGIN PRIVATE KEY-----\n${Buffer.from(flipped).toString('base64')}\n-----END PRIVATE KEY-----`
        expectSame((one) => decrypted(one, ciphertextBase64, asPem ? pem : flipped))
      }),
      { ...seeded, numRuns: 100 },
    )
  })

  test('to a JWK with members swapped, left out or spoilt', () => {
    const members = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const
    const spoilt = fc.oneof(
      fc.constantFrom(...members.map((name) => jwk[name])),
      fc.base64String(),
      fc.constant(undefined),
    )
    fc.assert(
      fc.property(fc.constantFrom(...members), spoilt, (member, value) => {
        expectSame((one) => decrypted(one, ciphertextBase64, { ...jwk, [member]: value }))
      }),
      { ...seeded, numRuns: 100 },
    )
  })

  test('to Diffie-Hellman parameters of any kind', () => {
    const integer = fc.oneof(
      fc.bigInt(),
      fc.string(),
      fc.uint8Array(),
      fc.integer(),
      fc.constantFrom(0n, 1n, 2n),
    )
    fc.assert(
      fc.property(fc.option(integer, { nil: smallDhParams.prime }), integer, (prime, generator) => {
        const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(3)
        expectSame((one) => {
          const dhParams = one.parseDhParams({ prime, generator })
          const input = { dhParams, accessTokenSecret: bytes('01') }
          return (
            one.formatDhParams(dhParams) + one.beginExchange(input, { randomBytes }).diffieHellmanChallenge
          )
        })
      }),
      { ...seeded, numRuns: 200 },
    )
  })

  test('to challenges and replies of any kind', () => {
    const text = fc.oneof(
      fc.string(),
      fc.bigInt({ min: 0n, max: smallDhParams.prime + 5n }).map((value) => value.toString(16)),
    )
    fc.assert(
      fc.property(
        text,
        fc.uint8Array({ minLength: 1, maxLength: 40 }),
        fc.json(),
        (challenge, secret, json) => {
          const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(secret[0]! | 1)
          const now = (): number => 1_700_000_000_000
          const input = { dhParams: smallDhParams, accessTokenSecret: secret }
          const answered = (one: Package): string =>
            JSON.stringify(
              one.answerExchange(
                { ...input, diffieHellmanChallenge: challenge, consumerKey },
                { now, randomBytes },
              ).response,
            )
          expectSame(answered)
          for (const body of [json, outcome(() => answered(node)).replace('result ', '')]) {
            expectSame((one) =>
              hex(
                one
                  .beginExchange(input, { now, randomBytes })
                  .complete({ status: 200, headers: {}, body }, consumerKey)
                  .reveal(),
              ),
            )
          }
        },
      ),
      { ...seeded, numRuns: 100 },
    )
  })

  test('to secrets that are encrypted', () => {
    const publicJwk = publicJwkFrom(ibkrExample.encryptionKey)
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 250 }),
        fc.uint8Array({ minLength: 1, maxLength: 9 }),
        (secret, noise) => {
          const randomBytes = (length: number): Uint8Array =>
            Uint8Array.from({ length }, (_, index) => noise[index % noise.length]!)
          expectSame((one) => one.encryptAccessTokenSecret(secret, publicJwk, { randomBytes }))
        },
      ),
      seeded,
    )
  })
})

test('each entry of a package has the same classes, whichever is loaded first', () => {
  const script = `
    const [root, server] = await Promise.all(['', '/server'].map((path) => import('@ibkr-auth/dh-live-session-token' + path)))
    try { server.answerExchange() } catch (error) { process.stdout.write(String(error instanceof root.LiveSessionTokenError)) }`
  for (const conditions of [[], ['--conditions=bun']]) {
    const out = execFileSync(process.execPath, [...conditions, '--input-type=module', '-e', script], {
      cwd: dirname(fileURLToPath(import.meta.url)),
      encoding: 'utf8',
    })
    expect(out).toBe('true')
  }
})
