import { compareParameters, type EncodedParameter, sortParameters } from './encoded-parameter.ts'
import { OAuth1Error } from './oauth1-error.ts'
import type { RecognizedQuerySigning } from './query-signing.ts'

/** The third part of a signature base string, encoded as it stands there. */
export function parameterString(
  protocolParameters: readonly EncodedParameter[],
  requestParameters: EncodedParameter[],
  querySigning: RecognizedQuerySigning,
): string {
  switch (querySigning) {
    case 'rfc5849':
    case 'guide':
      return encodedTwice(protocolParameters, sortParameters(requestParameters))
    case 'omit':
    case 'url':
    case 'raw':
    case 'raw-slash':
    case 'raw-plus':
      // Where nothing is escaped, encoding once or twice is the same.
      return holdsEscapes(protocolParameters) || holdsEscapes(requestParameters)
        ? encodedOnce([...protocolParameters, ...requestParameters])
        : encodedTwice(protocolParameters, sortParameters(requestParameters))
    default:
      throw new OAuth1Error(
        'ERR_OAUTH1_INVALID_INPUT',
        'querySigning must be "rfc5849", "omit", "guide" or "raw"',
      )
  }
}

function holdsEscapes(parameters: readonly EncodedParameter[]): boolean {
  return parameters.some(({ name, value }) => value.includes('%') || name.includes('%'))
}

/** Merges two sorted lists; what is encoded once is encoded again, where all that changes is `%`. */
function encodedTwice(
  protocolParameters: readonly EncodedParameter[],
  requestParameters: readonly EncodedParameter[],
): string {
  let text = ''
  let next = 0
  for (const parameter of protocolParameters) {
    for (; next < requestParameters.length; next++) {
      const candidate = requestParameters[next]
      if (candidate === undefined || compareParameters(candidate, parameter) > 0) break
      text = append(text, candidate)
    }
    text = append(text, parameter)
  }
  for (; next < requestParameters.length; next++) {
    const candidate = requestParameters[next]
    if (candidate !== undefined) text = append(text, candidate)
  }
  return text
}

function append(text: string, { name, value }: EncodedParameter): string {
  const pair = `${escapePercent(name)}%3D${escapePercent(value)}`
  return text === '' ? pair : `${text}%26${pair}`
}

function escapePercent(encoded: string): string {
  return encoded.includes('%') ? encoded.split('%').join('%25') : encoded
}

/** Joined raw and encoded as a whole, so that sorting takes place before encoding, not after. */
function encodedOnce(parameters: readonly EncodedParameter[]): string {
  return parameters
    .map((parameter) => ({
      ...parameter,
      key: `${bytesAsText(parameter.name)}\0${bytesAsText(parameter.value)}`,
    }))
    .sort((one, other) => (one.key < other.key ? -1 : one.key > other.key ? 1 : 0))
    .map(({ name, value }) => `${name}%3D${value}`)
    .join('%26')
}

function bytesAsText(encoded: string): string {
  return encoded.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}
