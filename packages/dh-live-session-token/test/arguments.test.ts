import { describe, expect, test } from 'vitest'
import {
  beginExchange,
  beginExchangeInTurn,
  checkDhParams,
  decryptAccessTokenSecret,
  decryptAccessTokenSecretInTurn,
  formatDhParams,
  isLiveSessionTokenError,
  LiveSessionToken,
  LiveSessionTokenError,
  PrivateEncryptionKey,
  parseDhParams,
  readLiveSessionTokenResponse,
  SecretBytes,
} from '../src/index.ts'
import { answerExchange, encryptAccessTokenSecret } from '../src/server.ts'
import { consumerKey, exchangePair, smallDhParams } from './support/exchanges.ts'
import { ibkrExample, jwkFrom, publicJwkFrom } from './support/fixtures.ts'
import { bytesThatThrow, oddValues } from './support/odd-values.ts'

// Every place of every argument of every public function takes each odd value once. What comes out is a result, or an
// error of this package that names the place; never an error of the engine's, and never a secret made of nothing.

type Path = readonly (string | number)[]

interface Subject {
  /** A call that succeeds; made anew, since exchanges work once. */
  readonly call: () => { readonly args: readonly unknown[]; readonly run: (...args: never[]) => unknown }
  /** Names of the arguments by their position, as messages have them. */
  readonly names: readonly string[]
  /** Places whose value becomes key material. */
  readonly secrets?: readonly string[]
}

const secret = new Uint8Array(32).fill(7)
const now = (): number => 1_700_000_000_000
const randomBytes = (length: number): Uint8Array => new Uint8Array(length).fill(9)
const jwk = jwkFrom(ibkrExample.encryptionKey)
const { n: _n, ...rest } = jwk
const privateJwk = { n: _n, ...rest }
const ciphertext = ibkrExample.accessTokenSecret.ciphertextBase64
const input = { dhParams: { ...smallDhParams, privateValueLength: 225 }, accessTokenSecret: secret }
const options = { now, randomBytes, expirationReading: 'auto' }
const reply = (): object => ({ ...exchangePair().reply, headers: { date: new Date(now()).toUTCString() } })

const subjects: Record<string, Subject> = {
  parseDhParams: {
    call: () => ({ args: [{ ...smallDhParams, privateValueLength: 225 }], run: parseDhParams }),
    names: ['DH parameters'],
  },
  formatDhParams: {
    call: () => ({ args: [{ ...smallDhParams }], run: formatDhParams }),
    names: ['DH parameters'],
  },
  checkDhParams: {
    call: () => ({ args: [{ prime: 2039n, generator: 7n }], run: checkDhParams }),
    names: ['DH parameters'],
  },
  PrivateEncryptionKey: {
    call: () => ({
      args: [privateJwk, { passphrase: 'x' }],
      run: (...args: ConstructorParameters<typeof PrivateEncryptionKey>) => new PrivateEncryptionKey(...args),
    }),
    names: ['privateEncryptionKey', 'options'],
  },
  decryptAccessTokenSecret: {
    call: () => ({ args: [ciphertext, privateJwk, { passphrase: 'x' }], run: decryptAccessTokenSecret }),
    names: ['encryptedSecret', 'privateEncryptionKey', 'options'],
  },
  decryptAccessTokenSecretInTurn: {
    call: () => ({
      args: [ciphertext, privateJwk, { passphrase: 'x' }],
      run: decryptAccessTokenSecretInTurn,
    }),
    names: ['encryptedSecret', 'privateEncryptionKey', 'options'],
  },
  beginExchange: {
    call: () => ({ args: [input, options], run: beginExchange }),
    names: ['input', 'options'],
    secrets: ['accessTokenSecret'],
  },
  beginExchangeInTurn: {
    call: () => ({ args: [input, options], run: beginExchangeInTurn }),
    names: ['input', 'options'],
    secrets: ['accessTokenSecret'],
  },
  complete: {
    call: () => {
      const pair = exchangePair()
      const args = [
        { ...pair.reply, headers: { date: 'x', get: undefined } },
        consumerKey,
        { sent: ['a header'] },
      ]
      return { args, run: pair.exchange.complete.bind(pair.exchange) }
    },
    names: ['reply', 'consumerKey', 'options'],
  },
  completeInTurn: {
    call: () => {
      const pair = exchangePair()
      const args = [{ ...pair.reply, headers: { get: () => null } }, consumerKey, { sent: ['a header'] }]
      return { args, run: pair.exchange.completeInTurn.bind(pair.exchange) }
    },
    names: ['reply', 'consumerKey', 'options'],
  },
  readLiveSessionTokenResponse: {
    call: () => ({
      args: [reply(), { now, requestedAtMs: 1, expirationReading: 'expiry', sent: ['a', 'b'] }],
      run: readLiveSessionTokenResponse,
    }),
    names: ['reply', 'options'],
  },
  LiveSessionToken: {
    call: () => ({
      args: [{ bytes: secret.subarray(12), expiresAtMs: 1, expiryBasis: 'expiration' }],
      run: (...args: ConstructorParameters<typeof LiveSessionToken>) => new LiveSessionToken(...args),
    }),
    names: ['input'],
    secrets: ['bytes'],
  },
  'LiveSessionToken.restore': {
    call: () => ({ args: ['{}'], run: LiveSessionToken.restore }),
    names: ['serialized'],
  },
  remainingMs: {
    call: () => {
      const token = new LiveSessionToken({ bytes: secret.subarray(12), expiresAtMs: 1 })
      return { args: [5], run: token.remainingMs.bind(token) }
    },
    names: ['now'],
  },
  SecretBytes: {
    call: () => ({
      args: [secret],
      run: (...args: ConstructorParameters<typeof SecretBytes>) => new SecretBytes(...args),
    }),
    names: ['bytes'],
    secrets: ['bytes'],
  },
  isLiveSessionTokenError: {
    call: () => ({ args: [new Error('x')], run: isLiveSessionTokenError }),
    names: ['value'],
  },
  answerExchange: {
    call: () => ({
      args: [
        { ...input, diffieHellmanChallenge: '5', consumerKey, expiresAtMs: 5 },
        { now, randomBytes },
      ],
      run: answerExchange,
    }),
    names: ['input', 'options'],
    secrets: ['accessTokenSecret'],
  },
  encryptAccessTokenSecret: {
    call: () => ({
      args: [secret, publicJwkFrom(ibkrExample.encryptionKey), { randomBytes }],
      run: encryptAccessTokenSecret,
    }),
    names: ['accessTokenSecret', 'publicEncryptionKey', 'options'],
    secrets: ['accessTokenSecret'],
  },
}

/** The arguments and everything inside those that are plain objects or lists. */
function placesIn(value: unknown, path: Path = []): Path[] {
  const isPlain =
    Array.isArray(value) || (value !== null && Object.getPrototypeOf(value ?? 0) === Object.prototype)
  const inner = isPlain
    ? Object.entries(value as object).flatMap(([key, member]) => placesIn(member, [...path, key]))
    : []
  return path.length === 0 ? inner : [path, ...inner]
}

function replaced(value: unknown, [key, ...deeper]: Path, odd: unknown): unknown {
  if (key === undefined) return odd
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<string, unknown>
  copy[key] = replaced(copy[key], deeper, odd)
  return copy
}

/** Codes of errors about what a reply or a text holds: their message is about that. */
const aboutContents =
  /^ERR_LST_(?:SECRET_|MALFORMED_RESPONSE|RESPONSE_OUT_OF_RANGE|SIGNATURE_MISMATCH|UNAVAILABLE|REFUSED)/

function valueAt(args: readonly unknown[], path: Path): unknown {
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], args)
}

/** Places that may hold anything: what a server sent, and what is only asked about. */
const free = ['headers', 'get', 'value']

/** One of a few words, and nothing else. */
const words = ['auto', 'expiry', 'expiration']

/** A bag of options is an object, an option that is a function is one: nothing else passes for it, but its absence. */
function isMistaken(fitting: unknown, odd: unknown): boolean {
  if (odd === undefined) return false
  if (typeof fitting === 'string' && words.includes(fitting)) return true
  if (typeof fitting === 'function') return typeof odd !== 'function'
  return typeof fitting === 'object' && (typeof odd !== 'object' || odd === null) && typeof odd !== 'function'
}

/** What a message may name: the places on the way, and what belongs into the place. */
function namesOf(path: Path, { call, names }: Subject): string[] {
  const inner = placesIn([valueAt(call().args, path)]).map((place) => String(place.at(-1)))
  return [...path.slice(1).map(String), names[Number(path[0])] ?? '', 'DH parameters', ...inner.slice(1)]
}

function complaintAbout(error: unknown, path: Path, subject: Subject): string | undefined {
  if (!(error instanceof LiveSessionTokenError)) return `raw ${String((error as Error)?.stack ?? error)}`
  const { code, message } = error
  if (message.length > 300 || /[\p{C}\u2028\u2029]/u.test(message)) return `unclean: ${message}`
  if (aboutContents.test(code)) return undefined
  const isNamed = namesOf(path, subject).some((name) => name.length > 2 && message.includes(name))
  return isNamed ? undefined : `names nothing of ${path.join('.')}: ${code} ${message}`
}

async function outcomeOf(subject: Subject, path: Path, odd: unknown): Promise<string | undefined> {
  const { args, run } = subject.call()
  const changed = replaced(args, path, odd) as never[]
  try {
    await run(...changed)
  } catch (error) {
    return complaintAbout(error, path, subject)
  }
  const place = path.length === 1 ? subject.names[Number(path[0])] : String(path.at(-1))
  if (subject.secrets?.includes(place ?? '')) return 'took it for a secret'
  return place !== undefined && !free.includes(place) && isMistaken(valueAt(args, path), odd)
    ? 'took it for something'
    : undefined
}

describe.each(Object.entries(subjects))('%s', (name, subject) => {
  const { args } = subject.call()
  const places = placesIn(args)

  test('succeeds with what it is meant to take', async () => {
    if (name === 'LiveSessionToken.restore') return
    const { args: fitting, run } = subject.call()
    await run(...(fitting as never[]))
  })

  test.each(places.map((path) => [path.join('.'), path] as const))('%s', async (_, path) => {
    const complaints: string[] = []
    for (const [odd, value] of oddValues()) {
      const complaint = await outcomeOf(subject, path, value)
      if (complaint !== undefined) complaints.push(`${odd}: ${complaint}`)
    }
    expect(complaints).toEqual([])
  })
})

test('there are more than forty odd values', () => {
  expect(oddValues().length).toBeGreaterThan(40)
})

test('a secret that throws when its class is asked for is told by its name', () => {
  const secret = new Proxy(
    { reveal: () => new Uint8Array(32).fill(7) },
    {
      getPrototypeOf() {
        throw new RangeError('a trap throws')
      },
    },
  )
  const key = publicJwkFrom(ibkrExample.encryptionKey)
  const answered = { ...input, accessTokenSecret: secret, diffieHellmanChallenge: '5', consumerKey }
  for (const call of [
    () => beginExchange({ ...input, accessTokenSecret: secret }),
    () => answerExchange(answered),
    () => encryptAccessTokenSecret(secret, key),
  ]) {
    expect(call).toThrow(LiveSessionTokenError)
    expect(call).toThrow('accessTokenSecret cannot be read.')
  }
})

test('bytes are asked for nothing but what they hold', () => {
  const odd = (length: number): Uint8Array => bytesThatThrow(new Uint8Array(length).fill(9))
  const plain = new Uint8Array(20).fill(9)
  const prime = new Uint8Array(64).fill(9)
  expect(new SecretBytes(odd(20)).reveal()).toEqual(plain)
  expect(new LiveSessionToken({ bytes: odd(20), expiresAtMs: 1 }).reveal()).toEqual(plain)
  expect(formatDhParams(parseDhParams({ prime: odd(64) }))).toBe(formatDhParams(parseDhParams({ prime })))
  const der = Uint8Array.from(atob(formatDhParams(smallDhParams).split('-----')[2] ?? ''), (c) =>
    c.charCodeAt(0),
  )
  expect(parseDhParams(bytesThatThrow(der))).toEqual(smallDhParams)
  expect(() => parseDhParams(odd(64))).toThrow(/^DH parameters: found no PEM block/)
  expect(() => new PrivateEncryptionKey(odd(64))).toThrow(/^privateEncryptionKey is no PEM, DER or JWK/)
  const { signatureBaseStringPrefix } = beginExchange(
    { ...input, accessTokenSecret: odd(20) },
    { randomBytes: odd },
  )
  expect(signatureBaseStringPrefix).toBe('09'.repeat(20))
  expect(
    encryptAccessTokenSecret(odd(20), publicJwkFrom(ibkrExample.encryptionKey), { randomBytes: odd }),
  ).toBe(encryptAccessTokenSecret(plain, publicJwkFrom(ibkrExample.encryptionKey), { randomBytes }))
})

test('an error of this package can be made of anything', () => {
  for (const [odd, value] of oddValues()) {
    expect(new LiveSessionTokenError('ERR_LST_INVALID_INPUT', value as string).code, odd).toBe(
      'ERR_LST_INVALID_INPUT',
    )
  }
})

test('an error takes no members but its own', () => {
  const options = { status: 410, message: 'x', code: 'x', stack: 'x', cause: 7 }
  const error = new LiveSessionTokenError('ERR_LST_GONE', 'gone', options)
  expect({ ...error }).toEqual({ name: 'LiveSessionTokenError', code: 'ERR_LST_GONE', status: 410 })
  expect(error.stack).toContain('gone')
})
