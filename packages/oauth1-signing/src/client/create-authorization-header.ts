import type { SecretTextLike } from '@ibkr-auth/internal/secret'
import type { EncodedParameter } from '../base-string/parameters.ts'
import type { QuerySigning } from '../base-string/query-signing.ts'
import { baseStringSource, buildBaseString } from '../base-string/signature-base-string.ts'
import { reading, requireObject } from '../checks.ts'
import { formatSignedHeader } from '../header/format.ts'
import type { RequestToSign } from '../message.ts'
import { requireSigner, type Signed, type Signer, whenSigned } from '../methods/signer.ts'
import { revealText } from '../secret.ts'
import {
  type Credentials,
  createProtocolParameters,
  type ProtocolParameterOptions,
} from './protocol-parameters.ts'

/** Choices in signing a request; each has a default. */
export interface SigningOptions extends ProtocolParameterOptions {
  /** How query and form fields enter the signature. Default `"rfc5849"`. */
  readonly querySigning?: QuerySigning | undefined
  /**
   * Text put before the signature base string without a separator, not percent-encoded. IBKR's
   * live_session_token request wants the hex of the access token secret there. A secret; default none.
   */
  readonly prefix?: SecretTextLike | undefined
}

/**
 * Signs a request and returns the value of its `Authorization` header. Each call has a nonce and timestamp
 * of its own, so call it for every attempt to send.
 *
 * @param request - The request exactly as it will be sent; the body counts only as a form.
 * @returns The header value; a promise of it if the signer answers with one.
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT`, `ERR_OAUTH1_INVALID_URL`, `ERR_OAUTH1_LONE_SURROGATE`;
 *   `ERR_OAUTH1_DUPLICATE_PARAMETER` also if the query or form has an `oauth_` parameter, which belongs in
 *   `protocolParameters`.
 * @see RFC 5849 3.1, 3.5.1; "OAuth at Interactive Brokers" 6.1
 */
export function createAuthorizationHeader<Result extends string | Promise<string>>(
  request: RequestToSign,
  credentials: Credentials,
  signer: Signer<Result>,
  options: SigningOptions = {},
): Signed<Result, string> {
  requireSigner(signer)
  requireObject('options', options)
  const parameters = createProtocolParameters(credentials, signer.method, options)
  const signature = signer.sign(textToSign(request, parameters, options))
  const realm = reading('credentials', () => credentials.realm)
  return whenSigned(signature, (text) => formatSignedHeader(realm, parameters, text))
}

/** The signature base string of a request, behind its prefix. */
export function textToSign(
  request: RequestToSign,
  parameters: EncodedParameter[],
  options: SigningOptions,
): string {
  const { prefix, querySigning } = reading('options', () => ({
    prefix: options.prefix,
    querySigning: options.querySigning,
  }))
  const baseString = buildBaseString(baseStringSource(request), parameters, querySigning)
  return prefix === undefined ? baseString : revealText('prefix', prefix) + baseString
}
