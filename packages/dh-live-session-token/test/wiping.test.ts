import { afterEach, describe, expect, test, vi } from 'vitest'
import {
  beginExchange,
  decryptAccessTokenSecret,
  LiveSessionToken,
  PrivateEncryptionKey,
  SecretBytes,
} from '../src/index.ts'
import { answerExchange, encryptAccessTokenSecret } from '../src/server.ts'
import {
  codeOf,
  consumerKey,
  exchangePair,
  jsonReply,
  rejectionCodeOf,
  smallDhParams,
} from './support/exchanges.ts'
import { ibkrExample, jwkFrom, keyObjectFrom, publicJwkFrom } from './support/fixtures.ts'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

/** Arrays that copied something while the work ran, as they are when it has ended. */
async function copiesLeftBy(work: () => unknown): Promise<Uint8Array[]> {
  const made: Uint8Array[] = []
  const keep = (bytes: Uint8Array): Uint8Array => {
    made.push(bytes)
    return bytes
  }
  const { slice, set } = Uint8Array.prototype
  // Whoever makes them: `new`, or `from` by way of it.
  const construct = (...args: Parameters<typeof Reflect.construct>): Uint8Array =>
    keep(Reflect.construct(...args))
  vi.stubGlobal('Uint8Array', new Proxy(Uint8Array, { construct }))
  vi.spyOn(Uint8Array.prototype, 'slice').mockImplementation(function (this: Uint8Array, ...args) {
    return keep(Reflect.apply(slice, this, args)) as never
  })
  vi.spyOn(Uint8Array.prototype, 'set').mockImplementation(function (this: Uint8Array, ...args) {
    Reflect.apply(set, keep(this), args)
  })
  await work()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  return made
}

/** The work must make copies, or this would see nothing; and none of them may still hold the secret. */
async function expectWiped(secret: Uint8Array, work: () => unknown): Promise<void> {
  const left = await copiesLeftBy(work)
  expect(left.length).toBeGreaterThan(0)
  expect(left.filter((bytes) => Buffer.from(bytes).includes(Buffer.from(secret)))).toEqual([])
}

const secret = Uint8Array.from({ length: 32 }, (_, index) => 0xc0 + index)
const input = { dhParams: smallDhParams, accessTokenSecret: secret }
const useless = { prime: smallDhParams.prime, generator: 1n }
const noRandomness = { randomBytes: () => new Uint8Array(1) }

test('a copy that is left is seen', async () => {
  await expect(expectWiped(secret, () => secret.slice())).rejects.toThrow()
})

describe('no copy of the access token secret is left', () => {
  test.each<[string, () => unknown]>([
    ['parameters of no use', () => beginExchange({ ...input, dhParams: useless })],
    ['no randomness', () => beginExchange(input, noRandomness)],
  ])('by an exchange that does not begin: %s', async (_, begin) => {
    await expectWiped(secret, () => expect(codeOf(begin)).not.toBe('none'))
  })

  const replies: [string, () => unknown][] = [
    ['a refusal', () => jsonReply({ error: 'invalid consumer' }, 401)],
    ['a malformed reply', () => jsonReply({})],
    ['no reply', () => undefined],
    ['a spoilt signature', () => jsonReply({ ...exchangePair().fields })],
    ['an integer out of range', () => jsonReply({ ...exchangePair().fields, diffie_hellman_response: '1' })],
  ]

  test.each(replies)('by an exchange that ends with %s', async (_, reply) => {
    const answer = reply() as never
    await expectWiped(secret, () =>
      expect(codeOf(() => beginExchange(input).complete(answer, consumerKey))).not.toBe('none'),
    )
    await expectWiped(secret, async () =>
      expect(await rejectionCodeOf(beginExchange(input).completeInTurn(answer, consumerKey))).not.toBe(
        'none',
      ),
    )
  })

  test('by an exchange that succeeds, or is given up', async () => {
    await expectWiped(secret, () => {
      const { exchange, reply } = exchangePair({ secret })
      exchange.complete(reply, consumerKey).dispose()
    })
    await expectWiped(secret, () => beginExchange(input).dispose())
    await expectWiped(secret, () => {
      using holder = new SecretBytes(secret)
      beginExchange({ ...input, accessTokenSecret: holder }).dispose()
    })
  })

  test.each<[string, () => unknown]>([
    ['an answer', () => answerExchange({ ...input, diffieHellmanChallenge: '5', consumerKey })],
    [
      'an answer without randomness',
      () => answerExchange({ ...input, diffieHellmanChallenge: '5', consumerKey }, noRandomness),
    ],
    [
      'an answer with an expiry that is none',
      () => answerExchange({ ...input, diffieHellmanChallenge: '5', consumerKey, expiresAtMs: 0.5 }),
    ],
    ['encryption', () => encryptAccessTokenSecret(secret, publicJwkFrom(ibkrExample.encryptionKey))],
    [
      'encryption without randomness',
      () => encryptAccessTokenSecret(secret, publicJwkFrom(ibkrExample.encryptionKey), noRandomness),
    ],
  ])('by %s', async (_, work) => {
    await expectWiped(secret, () => codeOf(work))
  })

  test('by decryption, but the one that is handed out', async () => {
    const clear = Uint8Array.from(Buffer.from(ibkrExample.accessTokenSecret.plaintextHex, 'hex'))
    await expectWiped(clear, () =>
      decryptAccessTokenSecret(
        ibkrExample.accessTokenSecret.ciphertextBase64,
        jwkFrom(ibkrExample.encryptionKey),
      ).dispose(),
    )
  })
})

describe('no copy of a live session token is left', () => {
  const bytes = secret.subarray(0, 20)
  const make = (members: object = {}): LiveSessionToken =>
    new LiveSessionToken({ bytes, expiresAtMs: 1, ...members })

  test.each<[string, () => unknown]>([
    ['one that is disposed of', () => make().dispose()],
    ['one byte too many', () => make({ bytes: secret.subarray(0, 21) })],
    ['an expiry that is none', () => make({ expiresAtMs: 0.5 })],
    [
      'a holder that is disposed of',
      () => {
        const holder = new SecretBytes(bytes)
        make({ bytes: holder }).dispose()
        holder.dispose()
      },
    ],
    [
      'serialize',
      () => {
        const token = make()
        token.serialize()
        token.dispose()
      },
    ],
  ])('by %s', async (name, work) => {
    if (name === 'an expiry that is none') expect(await copiesLeftBy(() => codeOf(work))).toEqual([])
    else await expectWiped(bytes, () => codeOf(work))
  })
})

test('a private key that was decoded here', () => {
  const held = keyObjectFrom(ibkrExample.encryptionKey).export({ type: 'pkcs8', format: 'der' })
  expect(new PrivateEncryptionKey({ type: 'private', export: () => held }).modulusLength).toBe(256)
  expect(held.every((byte) => byte === 0)).toBe(true)
})
