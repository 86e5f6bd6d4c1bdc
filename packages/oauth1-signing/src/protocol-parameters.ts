import { type EncodedParameter, sortParameters } from './encoded-parameter.ts'
import { createNonce } from './nonce.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { percentEncode } from './percent-encode.ts'
import { createTimestamp } from './timestamp.ts'

/** Who signs, for whom. */
export interface Credentials {
  /** `oauth_consumer_key`; RFC 5849 calls it the client identifier. */
  readonly consumerKey: string
  /** `oauth_token`: request token or access token; left out where there is none yet. */
  readonly accessToken?: string | undefined
  /** Goes into the header only, never into the signature. IBKR: `limited_poa`, or `test_realm` for TESTCONS. */
  readonly realm?: string | undefined
}

/** Choices about `oauth_*` parameters; each has a safe default. */
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

/** The protocol parameters that nearly every request carries; values percent-encoded once. */
export interface StandardParameters {
  readonly consumerKey: string
  readonly nonce: string | undefined
  readonly signatureMethod: string
  readonly timestamp: string | undefined
  readonly token: string | undefined
}

export function createStandardParameters(
  { consumerKey, accessToken }: Credentials,
  signatureMethod: string,
  options: ProtocolParameterOptions,
): StandardParameters {
  if (consumerKey === '') throw invalidInput('consumerKey must not be empty')
  const isTimed = options.omitNonceAndTimestamp !== true
  if (!isTimed && signatureMethod !== 'PLAINTEXT') {
    throw invalidInput('omitNonceAndTimestamp is for PLAINTEXT only')
  }
  return {
    consumerKey: encodeValue('consumerKey', consumerKey),
    nonce: isTimed ? createEncodedNonce(options) : undefined,
    signatureMethod: encodeValue('signer.method', signatureMethod),
    timestamp: isTimed ? createTimestamp((options.now ?? Date.now)()) : undefined,
    token: accessToken === undefined ? undefined : encodeValue('accessToken', accessToken),
  }
}

function createEncodedNonce({ nonce, randomBytes }: ProtocolParameterOptions): string {
  return nonce === undefined ? createNonce(randomBytes) : encodeValue('nonce', nonce())
}

const standardNames = {
  consumerKey: 'oauth_consumer_key',
  nonce: 'oauth_nonce',
  signatureMethod: 'oauth_signature_method',
  timestamp: 'oauth_timestamp',
  token: 'oauth_token',
} as const

const reservedNames: readonly string[] = ['realm', 'oauth_signature', ...Object.values(standardNames)]

/** Standard parameters and others together, sorted by name. */
export function listParameters(
  standard: StandardParameters,
  others: Readonly<Record<string, string>> = {},
): EncodedParameter[] {
  const parameters: EncodedParameter[] = []
  for (const [key, name] of Object.entries(standardNames)) {
    const value = standard[key as keyof StandardParameters]
    if (value !== undefined) parameters.push({ name, value })
  }
  for (const [name, value] of Object.entries(others)) {
    if (reservedNames.includes(name)) throw reservedName(name)
    parameters.push({ name: percentEncode(name), value: encodeValue(name, value) })
  }
  return sortParameters(parameters)
}

function encodeValue(name: string, value: string): string {
  if (typeof value !== 'string') throw invalidInput(`${name} must be a string`)
  return percentEncode(value)
}

function reservedName(name: string): OAuth1Error {
  return new OAuth1Error(
    'ERR_OAUTH1_DUPLICATE_PARAMETER',
    `protocolParameters must not hold ${name}, which has a place of its own`,
  )
}

function invalidInput(message: string): OAuth1Error {
  return new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', message)
}
