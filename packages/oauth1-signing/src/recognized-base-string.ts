import { type EncodedParameter, encodeParameters } from './encoded-parameter.ts'
import { OAuth1Error } from './oauth1-error.ts'
import { percentEncode } from './percent-encode.ts'
import type { RecognizedQuerySigning } from './query-signing.ts'
import {
  type BaseStringSource,
  baseStringSource,
  buildBaseString,
  type RequestToSign,
  signedParameters,
} from './signature-base-string.ts'

/**
 * The signature base string of a request.
 *
 * @param request - The request as it will be sent.
 * @param protocolParameters - Decoded `oauth_*` (and service-specific) parameters; `realm` and
 *   `oauth_signature` are left out of the string.
 * @param options.querySigning - Default `"rfc5849"`.
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_URL`, `ERR_OAUTH1_INVALID_INPUT` (method),
 *   `ERR_OAUTH1_LONE_SURROGATE`, `ERR_OAUTH1_DUPLICATE_PARAMETER`.
 * @see RFC 5849 3.4.1.1
 */
export function signatureBaseString(
  request: RequestToSign,
  protocolParameters: Readonly<Record<string, string>>,
  options: { readonly querySigning?: RecognizedQuerySigning | undefined } = {},
): string {
  const parameters = encodeParameters(Object.entries(protocolParameters))
  return buildRecognizedBaseString(
    baseStringSource(request),
    signedParameters(parameters),
    options.querySigning,
  )
}

const recognized: Readonly<Record<RecognizedQuerySigning, true>> = {
  rfc5849: true,
  omit: true,
  guide: true,
  raw: true,
  'raw-slash': true,
  'raw-plus': true,
  url: true,
}

/** @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT` for a way of signing that there is not. */
export function requireRecognized(querySigning: RecognizedQuerySigning): void {
  if (Object.hasOwn(recognized, querySigning)) return
  const names = Object.keys(recognized).join(', ')
  throw new OAuth1Error('ERR_OAUTH1_INVALID_INPUT', `querySigning must be one of ${names}`)
}

/** `buildBaseString`, with the spellings that only a server has to know. */
export function buildRecognizedBaseString(
  source: BaseStringSource,
  protocolParameters: readonly EncodedParameter[],
  querySigning: RecognizedQuerySigning = 'rfc5849',
): string {
  const { encodedUri, query } = source
  switch (querySigning) {
    case 'raw-slash': {
      const raw = buildBaseString(source, protocolParameters, 'raw')
      // This encoder is used for the parameters alone.
      const parametersAt = raw.lastIndexOf('&')
      return raw.slice(0, parametersAt) + raw.slice(parametersAt).replaceAll('%2F', '/')
    }
    case 'raw-plus': {
      const raw = buildBaseString(source, protocolParameters, 'raw')
      return raw.replace(/%2[01789A]/g, (escaped) => respelled[escaped] ?? escaped)
    }
    case 'url': {
      const uri = query === '' ? encodedUri : `${encodedUri}%3F${percentEncode(query)}`
      return buildBaseString({ ...source, encodedUri: uri }, protocolParameters, 'omit')
    }
    default:
      return buildBaseString(source, protocolParameters, querySigning)
  }
}

const respelled: Readonly<Record<string, string>> = {
  '%20': '+',
  '%21': '!',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
}
