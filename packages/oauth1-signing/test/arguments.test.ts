import { describe, expect, test } from 'vitest'
import * as client from '../src/index.ts'
import * as server from '../src/server.ts'
import { signingJwk, signingPublicJwk } from './support/keys.ts'
import { hostileValues, oddValues } from './support/odd-values.ts'

// Every argument of every public function, and every member of those that are objects, becomes each odd value in turn.
// The answer is a result or an error of this package that names what is wrong.

const bytes = new Uint8Array(20).fill(7)
const signer = () => client.hmacSha256(bytes)
const request = () => ({
  method: 'POST',
  url: 'https://h.example/x?a=1',
  headers: { 'content-type': 'application/x-www-form-urlencoded' } as Record<string, string>,
  body: 'b=2',
})
const credentials = () => ({ consumerKey: 'key', accessToken: 'token', realm: 'realm' })
const options = () => ({
  now: () => 1_700_000_000_000,
  nonce: () => 'nonce',
  protocolParameters: { oauth_version: '1.0' },
  querySigning: 'rfc5849' as client.QuerySigning,
  prefix: 'ab',
  omitNonceAndTimestamp: false,
})
const bag = () => ({
  credentials: credentials(),
  signer: signer(),
  baseUrl: 'https://h.example',
  ...options(),
})
const { prefix: _prefix, ...withoutPrefix } = bag()
const reply = () => ({
  status: 200,
  headers: { 'content-type': 'application/json' } as Record<string, string>,
  body: '{"oauth_token":"t","oauth_token_secret":"s"}',
})
const secrets = () => ({ consumerSecret: 'a', tokenSecret: 'b', allowEmptySecrets: false })
const use = () => ({ consumerKey: 'k', token: 't', timestampSeconds: 1, nonce: 'n', expiresAtMs: 9000 })
const exchange = { diffieHellmanChallenge: 'ab', signatureBaseStringPrefix: 'cd' }

interface Case {
  readonly call: (...given: never[]) => unknown
  readonly names: readonly string[]
  readonly given: () => readonly unknown[]
}

/** Every function that is exported, with arguments that it takes. */
const cases: Readonly<Record<string, Case>> = {
  authorizationUrl: {
    call: client.authorizationUrl,
    names: ['input'],
    given: () => [{ requestToken: 't', redirectUri: '/x', authorizeUrl: 'https://h.example/authorize' }],
  },
  baseStringUri: { call: client.baseStringUri, names: ['url'], given: () => ['https://h.example/'] },
  createAccessTokenRequest: {
    call: client.createAccessTokenRequest,
    names: ['options'],
    given: () => [{ ...bag(), requestToken: 't', verifier: 'v', portal: 'p' }],
  },
  createAuthorizationHeader: {
    call: client.createAuthorizationHeader,
    names: ['request', 'credentials', 'signer', 'options'],
    given: () => [request(), credentials(), signer(), options()],
  },
  createLiveSessionTokenRequest: {
    call: client.createLiveSessionTokenRequest,
    names: ['options'],
    given: () => [{ ...withoutPrefix, exchange: { ...exchange }, url: 'https://h.example/lst' }],
  },
  createQuerySigningAdvice: {
    call: (querySigning: client.QuerySigning, outcome: client.SignedRequestOutcome) =>
      client.createQuerySigningAdvice(querySigning)(outcome),
    names: ['querySigning', 'outcome'],
    given: () => ['omit', { url: 'https://h.example/x?a=1', status: 401 }],
  },
  createRequestTokenRequest: {
    call: client.createRequestTokenRequest,
    names: ['options'],
    given: () => [{ ...bag(), callback: 'oob', parametersIn: 'json' }],
  },
  formatAuthorizationHeader: {
    call: client.formatAuthorizationHeader,
    names: ['header'],
    given: () => [{ realm: 'r', parameters: [['a', 'b']] }],
  },
  hmacSha1: { call: client.hmacSha1, names: ['key'], given: () => [secrets()] },
  hmacSha256: { call: client.hmacSha256, names: ['key'], given: () => [bytes] },
  ibkrNumberedHost: { call: client.ibkrNumberedHost, names: ['number'], given: () => [1] },
  isOAuth1Error: { call: client.isOAuth1Error, names: ['value'], given: () => [new Error('x')] },
  normalizeParameters: {
    call: client.normalizeParameters,
    names: ['parameters'],
    given: () => [[['a', 'b']]],
  },
  parseAuthorizationCallback: {
    call: client.parseAuthorizationCallback,
    names: ['url', 'sent'],
    given: () => ['/?oauth_token=t&oauth_verifier=v', { requestToken: 't' }],
  },
  percentEncode: { call: client.percentEncode, names: ['text'], given: () => ['a'] },
  plaintext: { call: client.plaintext, names: ['secrets'], given: () => [secrets()] },
  readAccessTokenResponse: { call: client.readAccessTokenResponse, names: ['reply'], given: () => [reply()] },
  readRequestTokenResponse: {
    call: client.readRequestTokenResponse,
    names: ['reply', 'options'],
    given: () => [
      { ...reply(), status: 401 },
      { sent: { ...request(), headers: { authorization: 'OAuth a="b"' } } },
    ],
  },
  rsaSha1: { call: client.rsaSha1, names: ['key', 'options'], given: () => [signingJwk, {}] },
  rsaSha256: {
    call: client.rsaSha256,
    names: ['key', 'options'],
    given: () => [{ ...signingJwk }, { passphrase: 'p' }],
  },
  signRequest: {
    call: client.signRequest,
    names: ['request', 'credentials', 'signer', 'options'],
    given: () => [request(), credentials(), signer(), { ...options(), parametersIn: 'body' }],
  },
  signatureBaseString: {
    call: client.signatureBaseString,
    names: ['request', 'protocolParameters', 'options'],
    given: () => [request(), { oauth_token: 't' }, { querySigning: 'omit' }],
  },
  createNonceStore: {
    call: server.createNonceStore,
    names: ['options'],
    given: () => [{ capacity: 10, capacityPerClient: 5, maximumBytes: 10_000 }],
  },
  'createNonceStore().record': {
    call: (...given) => server.createNonceStore().record(...(given as unknown as [server.NonceUse, number])),
    names: ['use', 'nowMs'],
    given: () => [use(), 1000],
  },
  parseAuthorizationHeader: {
    call: server.parseAuthorizationHeader,
    names: ['header', 'options'],
    given: () => ['OAuth a="b"', { allowUnquotedRealm: true }],
  },
  rsaSha1Verifier: { call: server.rsaSha1Verifier, names: ['key'], given: () => [{ ...signingPublicJwk }] },
  rsaSha256Verifier: {
    call: server.rsaSha256Verifier,
    names: ['key'],
    given: () => [{ ...signingPublicJwk }],
  },
}

const asynchronous = { verifyRequest: server.verifyRequest, verifyRequestSync: server.verifyRequestSync }
const received = () => [
  request(),
  {
    findKey: () => ({ key: signer() }),
    nonceStore: server.createNonceStore(),
    now: () => 1000,
    clockToleranceSeconds: 300,
    querySigning: ['rfc5849'],
    allowUnquotedRealm: false,
    maximumHeaderLength: 1000,
    maximumUrlLength: 1000,
    maximumFormLength: 1000,
    maximumParameters: 1000,
  },
]

test('no function is forgotten', () => {
  const isClass = (value: unknown) => /^class /.test(Function.prototype.toString.call(value))
  const functions = Object.entries({ ...client, ...server }).filter(
    ([, value]) => typeof value === 'function' && !isClass(value),
  )
  const tried = [...Object.keys(cases), ...Object.keys(asynchronous)].filter((name) => !name.includes('.'))
  expect(tried.sort()).toEqual(functions.map(([name]) => name).sort())
})

type Path = readonly (string | number)[]

/** The places in these arguments: each of them, and the members of plain objects among them, nested ones included. */
function placesIn(value: unknown): Path[] {
  const isPlain =
    typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
  if (!isPlain && !Array.isArray(value)) return []
  return Object.entries(value).flatMap(([name, member]) => [
    [name],
    ...placesIn(member).map((path) => [name, ...path]),
  ])
}

function withOdd(value: unknown, [name, ...rest]: Path, odd: unknown): unknown {
  if (name === undefined) return odd
  const copy: Record<string, unknown> = Array.isArray(value)
    ? ([...value] as never)
    : { ...(value as object) }
  copy[name] = withOdd(copy[name], rest, odd)
  return copy
}

/** What went wrong, if it did; the answer of a promise counts. */
async function failureOf(call: () => unknown): Promise<unknown> {
  try {
    const answer = await call()
    // A signer has answered only when it has signed.
    if (typeof answer === 'object' && answer !== null && 'sign' in answer)
      await (answer as client.Signer).sign('x')
    return undefined
  } catch (error) {
    return error
  }
}

/** The service's own word, which a reply is there to bring. */
function isRefusal(failure: unknown): boolean {
  return client.isOAuth1Error(failure) && failure.code === 'ERR_OAUTH1_REQUEST_REFUSED'
}

/** Names by which an error may speak of a place, besides its own. */
const alsoCalled: Readonly<Record<string, RegExp>> = {
  key: /key|consumerSecret/i,
  header: /header|parameters/i,
  url: /url/i,
  input: /input|requestToken/,
  options: /options|credentials|requestToken/,
  credentials: /consumerKey/,
  body: /body|reply|oauth_token/,
  status: /status/,
  headers: /headers|reply|form|oauth_token/,
  'content-type': /body|content-type|form|room/i,
  secrets: /PLAINTEXT/,
  request: /request|url|method/,
  protocolParameters: /protocolParameters|oauth_/,
  callback: /oauth_callback/,
  prefix: /prefix/,
  sign: /sign/,
  passphrase: /passphrase|key/i,
  requestToken: /requestToken|request token/,
  parameters: /parameters/,
}

function speaksOf(message: string, path: Path): boolean {
  return path.some((name) => message.includes(String(name)) || alsoCalled[name]?.test(message) === true)
}

describe.each(Object.entries(cases))('%s', (_, { call, names, given }) => {
  const places = placesIn(given())

  test('takes what it is given', async () => {
    const failure = await failureOf(() => call(...(given() as never[])))
    if (failure !== undefined) expect(failure).toMatchObject({ code: 'ERR_OAUTH1_REQUEST_REFUSED' })
  })

  test.each(places.map((path) => [[names[Number(path[0])], ...path.slice(1)].join('.'), path] as const))(
    '%s',
    async (shown, path) => {
      const called = [names[Number(path[0])] ?? '', ...path.slice(1)]
      for (const [what, odd] of hostileValues) {
        const failure = await failureOf(() => call(...(withOdd(given(), path, odd) as never[])))
        if (failure === undefined || isRefusal(failure)) continue
        const told = failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure)
        expect(client.isOAuth1Error(failure), `${shown} as ${what}: ${told}`).toBe(true)
        expect(speaksOf(told, called), `${shown} as ${what} is not named by: ${told}`).toBe(true)
        expect(told.length).toBeLessThan(500)
      }
    },
  )
})

describe.each(Object.entries(asynchronous))('%s', (_, verify) => {
  const call = verify as (...given: unknown[]) => unknown

  test.each(placesIn(received()).map((path) => [path.join('.'), path] as const))(
    '%s',
    async (shown, path) => {
      for (const [what, odd] of hostileValues) {
        const answer = await Promise.resolve()
          .then(() => call(...(withOdd(received(), path, odd) as unknown[])))
          .catch((error: unknown) => expect.unreachable(`${shown} as ${what}: ${error}`))
        expect(answer).toMatchObject({ ok: expect.any(Boolean) })
      }
    },
  )
})

describe('functions that callers hand in may answer anything', () => {
  const places: Readonly<Record<string, (answer: unknown) => unknown>> = {
    now: (answer) => sign({ now: () => answer }),
    nonce: (answer) => sign({ nonce: () => answer }),
    randomBytes: (answer) => sign({ nonce: undefined, randomBytes: () => answer }),
    'signer.sign': (answer) => sign({}, { method: 'm', sign: () => answer }),
    'headers.get': (answer) =>
      client.createAuthorizationHeader(
        { ...request(), headers: { get: () => answer as string } },
        credentials(),
        signer(),
      ),
  }

  function sign(more: object, given: unknown = signer()): unknown {
    return client.createAuthorizationHeader(
      request(),
      credentials(),
      given as client.Signer,
      {
        ...options(),
        ...more,
      } as client.SigningOptions,
    )
  }

  test.each(Object.entries(places))('%s', async (name, answering) => {
    for (const [what, odd] of oddValues) {
      const failure = await failureOf(() => answering(odd))
      if (failure === undefined) continue
      expect(client.isOAuth1Error(failure), `${name} answers ${what}: ${failure}`).toBe(true)
      expect(String(failure)).toContain(name === 'headers.get' ? 'body' : name)
    }
  })
})

describe('a missing secret never becomes a key', () => {
  const missing = oddValues.filter(([, value]) => typeof value !== 'string' || value === '')
  const invalid = expect.objectContaining({
    code: expect.stringMatching(/^ERR_OAUTH1_INVALID_(?:KEY|INPUT)$/),
  })

  test.each(['hmacSha1', 'hmacSha256', 'plaintext'] as const)('%s', (name) => {
    const make = { hmacSha1: client.hmacSha1, hmacSha256: client.hmacSha256, plaintext: client.plaintext }[
      name
    ] as (key: unknown) => unknown
    for (const [, value] of missing) {
      const isBare = typeof value !== 'object' || value === null
      const code = isBare ? 'ERR_OAUTH1_INVALID_KEY' : expect.any(String)
      expect(() => make({ consumerSecret: value })).toThrow(invalid)
      expect(() => make({ consumerSecret: value })).toThrow(expect.objectContaining({ code }))
      expect(() => make({ consumerSecret: { reveal: () => value } })).toThrow(invalid)
      if (value !== undefined)
        expect(() => make({ consumerSecret: 'a', tokenSecret: value })).toThrow(invalid)
      expect(() => make({ consumerSecret: 'a', tokenSecret: { reveal: () => value } })).toThrow(invalid)
      if (value !== '') {
        expect(() => make({ consumerSecret: value, allowEmptySecrets: true })).toThrow(invalid)
      }
    }
    expect(() => make({ consumerSecret: '', tokenSecret: '', allowEmptySecrets: true })).not.toThrow()
  })

  test('a secret that was disposed of says so', () => {
    const secret = new client.SecretText('s')
    secret.dispose()
    expect(() => client.hmacSha1({ consumerSecret: secret })).toThrow(/consumerSecret.*obtain/)
  })
})
