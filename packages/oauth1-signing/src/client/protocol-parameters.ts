import { hexFromBytes, isBytes } from '@ibkr-auth/internal/bytes'
import { randomHex } from '#primitives'
import { type EncodedParameter, encodedParameter, sortParameters } from '../base-string/parameters.ts'
import { encodeNamed } from '../base-string/percent-encode.ts'
import { callForeign, entriesOf, invalidInput, reading, requireObject, requireText } from '../checks.ts'
import { OAuth1Error } from '../errors.ts'

/** Who signs, for whom. */
export interface Credentials {
  /** `oauth_consumer_key`; RFC 5849 calls it the client identifier. */
  readonly consumerKey: string
  /** `oauth_token`: request token or access token; left out where there is none yet. */
  readonly accessToken?: string | undefined
  /** Goes into the header only, never into the signature. IBKR: `limited_poa`, or `test_realm` for TESTCONS. */
  readonly realm?: string | undefined
}

/** Choices about `oauth_*` parameters; each has a safe default. What a function among them throws is passed on. */
export interface ProtocolParameterOptions {
  /** Milliseconds since 1970. Default `Date.now`. */
  readonly now?: (() => number) | undefined
  /** Random bytes for the nonce, which is their hex form. Asked for 16. Default: the runtime's CSPRNG. */
  readonly randomBytes?: ((length: number) => Uint8Array) | undefined
  /** The nonce itself, for services that want another form of it. Takes precedence over `randomBytes`. */
  readonly nonce?: (() => string) | undefined
  /** Further protocol parameters, decoded: `oauth_callback`, `oauth_version`, `diffie_hellman_challenge`, ... */
  readonly protocolParameters?: Readonly<Record<string, string>> | undefined
  /** Leaves nonce and timestamp out, which RFC 5849 3.1 allows with PLAINTEXT only. Default false. */
  readonly omitNonceAndTimestamp?: boolean | undefined
}

/** The protocol parameters of one request but for its signature: encoded, sorted by name. */
export function createProtocolParameters(
  credentials: Credentials,
  signatureMethod: string,
  options: ProtocolParameterOptions,
): EncodedParameter[] {
  return reading('credentials or options', () => readParameters(credentials, signatureMethod, options))
}

function readParameters(
  credentials: Credentials,
  signatureMethod: string,
  options: ProtocolParameterOptions,
): EncodedParameter[] {
  requireObject('credentials', credentials)
  const { consumerKey, accessToken } = credentials
  requireText('consumerKey', consumerKey)
  const isTimed = options.omitNonceAndTimestamp !== true
  if (!isTimed && signatureMethod !== 'PLAINTEXT') {
    throw invalidInput('omitNonceAndTimestamp is for PLAINTEXT only')
  }
  const key = parameter('oauth_consumer_key', 'consumerKey', consumerKey)
  const method = parameter('oauth_signature_method', 'signer.method', signatureMethod)
  const parameters = isTimed
    ? [key, createNonce(options), method, createTimestamp(options.now)]
    : [key, method]
  if (accessToken !== undefined) parameters.push(parameter('oauth_token', 'accessToken', accessToken))
  const { protocolParameters } = options
  return protocolParameters === undefined ? parameters : withOthers(parameters, protocolParameters)
}

/** The names that requests always have. */
const spellings = {
  oauth_consumer_key: { inBaseString: '%26oauth_consumer_key%3D', inHeader: '", oauth_consumer_key="' },
  oauth_nonce: { inBaseString: '%26oauth_nonce%3D', inHeader: '", oauth_nonce="' },
  oauth_signature_method: {
    inBaseString: '%26oauth_signature_method%3D',
    inHeader: '", oauth_signature_method="',
  },
  oauth_timestamp: { inBaseString: '%26oauth_timestamp%3D', inHeader: '", oauth_timestamp="' },
  oauth_token: { inBaseString: '%26oauth_token%3D', inHeader: '", oauth_token="' },
} as const

function parameter(name: keyof typeof spellings, argument: string, value: unknown): EncodedParameter {
  const encoded = encodeNamed(argument, value)
  const { inBaseString, inHeader } = spellings[name]
  return { name, value: encoded, isEscaped: encoded !== value, inBaseString, inHeader }
}

function unreservedParameter(name: keyof typeof spellings, value: string): EncodedParameter {
  const { inBaseString, inHeader } = spellings[name]
  return { name, value, isEscaped: false, inBaseString, inHeader }
}

const reservedNames: ReadonlySet<string> = /* @__PURE__ */ new Set([
  'realm',
  'oauth_signature',
  'oauth_consumer_key',
  'oauth_nonce',
  'oauth_signature_method',
  'oauth_timestamp',
  'oauth_token',
])

function withOthers(
  parameters: EncodedParameter[],
  others: Readonly<Record<string, string>>,
): EncodedParameter[] {
  for (const [name, value] of entriesOf('protocolParameters', others)) {
    if (reservedNames.has(name)) throw reservedName(name)
    const encodedName = encodeNamed('a name in protocolParameters', name)
    parameters.push(encodedParameter(encodedName, encodeNamed(`protocolParameters.${name}`, value)))
  }
  return sortParameters(parameters)
}

function reservedName(name: string): OAuth1Error {
  return new OAuth1Error(
    'ERR_OAUTH1_DUPLICATE_PARAMETER',
    `protocolParameters must not hold ${name}, which has a place of its own`,
  )
}

/** `oauth_timestamp`: whole seconds since 1970, always positive (RFC 5849 3.3). */
function createTimestamp(now: (() => number) | undefined): EncodedParameter {
  const nowMs = now === undefined ? Date.now() : callForeign('now', now)
  const seconds = typeof nowMs === 'number' ? Math.floor(nowMs / 1000) : Number.NaN
  // Ten digits are as many as IBKR takes; a clock in microseconds would show here.
  if (!(seconds > 0 && seconds < 1e10)) throw invalidInput('now must return milliseconds since 1970')
  return unreservedParameter('oauth_timestamp', String(seconds))
}

const nonceBytes = 16
const nonceLength = 2 * nonceBytes
const noncesInPool = 256

// Asking for random bytes costs more than a signature, so they are fetched for many nonces at once. A nonce
// is no secret: it goes out in clear with its request.
let pool = ''
let used = 0

/** `oauth_nonce`: 32 hex digits, 128 random bits (RFC 5849 3.3), or what the caller makes. */
function createNonce({ nonce, randomBytes }: ProtocolParameterOptions): EncodedParameter {
  if (nonce !== undefined) return encodedParameter('oauth_nonce', callersNonce(nonce))
  const value = randomBytes === undefined ? nonceFromPool() : nonceFromBytes(randomBytes)
  return unreservedParameter('oauth_nonce', value)
}

function nonceFromPool(): string {
  if (used === pool.length) {
    pool = randomHex(nonceBytes * noncesInPool)
    used = 0
  }
  const digits = pool.slice(used, used + nonceLength)
  used += nonceLength
  return digits
}

function callersNonce(nonce: () => string): string {
  const text = callForeign('nonce', nonce)
  requireText('what nonce returns', text)
  return encodeNamed('nonce', text)
}

function nonceFromBytes(randomBytes: (length: number) => Uint8Array): string {
  const bytes = callForeign('randomBytes', randomBytes, nonceBytes)
  // Fewer would make nonces that come again, and a request that is refused as a replay.
  if (!isBytes(bytes) || bytes.length < nonceBytes) {
    throw invalidInput(`randomBytes must return ${nonceBytes} bytes`)
  }
  return hexFromBytes(bytes)
}
