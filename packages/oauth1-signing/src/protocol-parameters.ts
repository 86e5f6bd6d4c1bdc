import { createNonce } from './nonce.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { percentEncode } from './percent-encode.ts'
import { createTimestamp } from './timestamp.ts'

/** A protocol parameter with name and value percent-encoded once. */
export interface EncodedParameter {
  readonly name: string
  readonly value: string
}

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

/** All protocol parameters but the signature, sorted by name. */
export function createProtocolParameters(
  credentials: Credentials,
  signatureMethod: string,
  options: ProtocolParameterOptions,
): EncodedParameter[] {
  const { consumerKey, accessToken } = credentials
  if (typeof consumerKey !== 'string' || consumerKey === '') {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', 'credentials.consumerKey must be a non-empty string')
  }
  const parameters: EncodedParameter[] = [encodeParameter('oauth_consumer_key', consumerKey)]
  if (options.omitNonceAndTimestamp !== true) {
    const nonce = options.nonce === undefined ? createNonce(options.randomBytes) : options.nonce()
    parameters.push(encodeParameter('oauth_nonce', nonce))
  } else if (signatureMethod !== 'PLAINTEXT') {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', 'omitNonceAndTimestamp is for PLAINTEXT only')
  }
  parameters.push(encodeParameter('oauth_signature_method', signatureMethod))
  if (options.omitNonceAndTimestamp !== true) {
    parameters.push({ name: 'oauth_timestamp', value: createTimestamp((options.now ?? Date.now)()) })
  }
  if (accessToken !== undefined) parameters.push(encodeParameter('oauth_token', accessToken))
  return options.protocolParameters === undefined
    ? parameters
    : withExtra(parameters, options.protocolParameters)
}

function withExtra(
  parameters: EncodedParameter[],
  extra: Readonly<Record<string, string>>,
): EncodedParameter[] {
  for (const parameter of encodeParameters(Object.entries(extra))) {
    if (parameters.some(({ name }) => name === parameter.name)) {
      throw new OAuth1Error(
        'ERR_OAUTH1_DUPLICATE_PARAMETER',
        `protocolParameters must not hold ${parameter.name}, which is set already`,
      )
    }
    parameters.push(parameter)
  }
  return parameters.sort(byName)
}

/** Encodes, sorts, and leaves out the two names that never enter a signature base string. */
export function encodeParameters(parameters: Iterable<readonly [string, string]>): EncodedParameter[] {
  const encoded: EncodedParameter[] = []
  for (const [name, value] of parameters) {
    if (name !== 'realm' && name !== 'oauth_signature') encoded.push(encodeParameter(name, value))
  }
  return encoded.sort(byName)
}

function encodeParameter(name: string, value: string): EncodedParameter {
  if (typeof value !== 'string') {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', `${name} must be a string`)
  }
  return { name: percentEncode(name), value: percentEncode(value) }
}

function byName(one: EncodedParameter, other: EncodedParameter): number {
  return one.name < other.name ? -1 : 1
}
