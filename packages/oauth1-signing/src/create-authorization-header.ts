import { plainPath } from '#primitives'
import { formatSignedHeader } from './format-authorization-header.ts'
import {
  type Credentials,
  createStandardParameters,
  listParameters,
  type ProtocolParameterOptions,
} from './protocol-parameters.ts'
import type { QuerySigning } from './query-signing.ts'
import { baseStringSource, buildBaseString, type RequestToSign } from './signature-base-string.ts'
import { type Signed, type Signer, whenSigned } from './signer.ts'

/** Choices in signing a request; each has a default. */
export interface SigningOptions extends ProtocolParameterOptions {
  /** How query and form fields enter the signature. Default `"rfc5849"`. */
  readonly querySigning?: QuerySigning | undefined
  /**
   * Text put before the signature base string without a separator, not percent-encoded. IBKR's
   * live_session_token request wants the hex of the access token secret there. A secret; default none.
   */
  readonly prefix?: string | undefined
}

/**
 * Signs a request and returns the value of its `Authorization` header. Each call has a nonce and timestamp
 * of its own, so call it for every attempt to send.
 *
 * @param request - The request exactly as it will be sent; the body counts only as a form.
 * @returns The header value; a promise of it if the signer answers with one.
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT`, `ERR_OAUTH1_INVALID_URL`,
 *   `ERR_OAUTH1_LONE_SURROGATE`, `ERR_OAUTH1_DUPLICATE_PARAMETER`.
 * @see RFC 5849 3.1, 3.5.1; "OAuth at Interactive Brokers" 6.1
 */
export function createAuthorizationHeader<Result extends string | Promise<string>>(
  request: RequestToSign,
  credentials: Credentials,
  signer: Signer<Result>,
  options: SigningOptions = {},
): Signed<Result, string> {
  const standard = createStandardParameters(credentials, signer.method, options)
  const { realm } = credentials
  const { protocolParameters, querySigning, prefix } = options
  const shortCut = protocolParameters === undefined ? plainPath : undefined
  if (shortCut !== undefined) {
    const baseString = shortCut.baseString(request, standard, querySigning)
    if (baseString !== undefined) {
      const signature = signer.sign(withPrefix(prefix, baseString))
      // Without a closure where the signature is there already, which is what the short cut is for.
      if (typeof signature === 'string') {
        return shortCut.header(realm, standard, signature) as Signed<Result, string>
      }
      return whenSigned(signature, (text) => shortCut.header(realm, standard, text))
    }
  }
  const parameters = listParameters(standard, protocolParameters)
  const baseString = buildBaseString(baseStringSource(request), parameters, querySigning)
  const signature = signer.sign(withPrefix(prefix, baseString))
  return whenSigned(signature, (text) => formatSignedHeader(realm, parameters, text))
}

function withPrefix(prefix: string | undefined, baseString: string): string {
  return prefix === undefined ? baseString : prefix + baseString
}
