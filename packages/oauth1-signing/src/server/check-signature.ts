import { equalText } from '#primitives'
import type { QuerySigning } from '../base-string/query-signing.ts'
import { parseParameters, type RequestParameters } from '../base-string/request-parameters.ts'
import { baseStringsOf, signedParameters } from '../base-string/signature-base-string.ts'
import type { Signer, Verifier } from '../methods/signer.ts'
import { revealed } from '../secret.ts'
import { type Claim, refusalFor } from './claims.ts'
import { type Refusal, refusal, serverFault } from './refusal.ts'
import type { KeyRecord } from './verify-options.ts'

/** Yields what a callback answered, which may be a promise, and expects its value back. */
export type Steps<Result> = Generator<{ readonly of: string; readonly answer: unknown }, Result, unknown>

/** A key as far as it is used, each member read once: the server's own objects may be of any make. */
export interface FoundKey {
  readonly method: string
  readonly verify: Verifier['verify'] | undefined
  readonly sign: Signer['sign'] | undefined
  readonly prefix: string
}

/** The record as far as it is used, or why it is none. */
export function readRecord(record: unknown): FoundKey | Refusal {
  if (record === undefined || record === null) {
    return refusal(
      'ERR_OAUTH1_UNKNOWN_CREDENTIALS',
      'There is no key for this oauth_consumer_key and oauth_token; check both',
    )
  }
  try {
    const { key, prefix } = record as Partial<KeyRecord>
    const hidden = prefix === undefined ? '' : revealed('prefix', prefix)
    if (typeof hidden !== 'string') return serverFault('prefix of what findKey returned must be a string')
    const found = readKey(key)
    return found === undefined
      ? serverFault('findKey returned a record without a key')
      : { ...found, prefix: hidden }
  } catch {
    return serverFault('what findKey returned cannot be read')
  }
}

function readKey(key: unknown): Omit<FoundKey, 'prefix'> | undefined {
  if (typeof key !== 'object' || key === null) return undefined
  const { method, verify, sign } = key as Partial<Signer & Verifier>
  if (typeof method !== 'string') return undefined
  if (typeof verify === 'function') return { method, verify: verify.bind(key), sign: undefined }
  return typeof sign === 'function' ? { method, verify: undefined, sign: sign.bind(key) } : undefined
}

/** A base string for which the signature is right. */
export interface Match {
  readonly querySigning: QuerySigning
  readonly parameters: RequestParameters
  readonly signatureBaseString: string
}

/** The first of the accepted ways of signing under which the signature is right, or why there is none. */
export function* findMatch(
  claim: Claim,
  found: FoundKey,
  ways: readonly QuerySigning[],
  maximumParameters: number,
): Steps<Match | Refusal> {
  const source = claim.request.source()
  if (pieces(source.query) + pieces(source.form) > maximumParameters) return tooMany(maximumParameters)
  const parameters = attempt(() => parseParameters(source, signedParameters(claim.request.encoded())))
  if ('ok' in parameters) return parameters
  const baseStringUnder = baseStringsOf(source, parameters)
  const tried: string[] = []
  for (const querySigning of ways) {
    const text = attempt(() => baseStringUnder(querySigning))
    if (typeof text !== 'string') return text
    if (tried.includes(text)) continue
    tried.push(text)
    const isRight = yield* check(claim, found, text)
    if (isRight === true) return { querySigning, parameters, signatureBaseString: text }
    if (typeof isRight === 'object') return isRight
  }
  return signatureMismatch(tried[0])
}

function attempt<Result>(work: () => Result): Result | Refusal {
  try {
    return work()
  } catch (error) {
    return refusalFor(error)
  }
}

function tooMany(maximumParameters: number): Refusal {
  const message = `The request has more than ${maximumParameters} parameters; send less`
  return refusal('ERR_OAUTH1_TOO_LARGE', message)
}

/** Pieces between the `&` of a text. */
function pieces(text: string): number {
  let count = text === '' ? 0 : 1
  for (let at = text.indexOf('&'); at >= 0; at = text.indexOf('&', at + 1)) count += 1
  return count
}

/** Nothing but `true` is yes. */
function* check(
  { signature }: Claim,
  { verify, sign, prefix }: FoundKey,
  text: string,
): Steps<boolean | Refusal> {
  if (verify !== undefined)
    return (yield { of: 'key.verify', answer: verify(prefix + text, signature) }) === true
  const made = yield { of: 'key.sign', answer: sign?.(prefix + text) }
  if (typeof made !== 'string' || made === '') return serverFault('key.sign must answer with a text')
  return equalText(made, signature)
}

/** Longer ones compare with nothing that anybody reads, and a server would keep them for a stranger. */
const longestShown = 8192

function signatureMismatch(expected = ''): Refusal {
  const shown = expected.length <= longestShown ? expected : undefined
  return refusal(
    'ERR_OAUTH1_SIGNATURE_MISMATCH',
    'oauth_signature is not right; compare the signature base string with the expected one, then the key',
    { parameter: 'oauth_signature', expectedSignatureBaseString: shown },
  )
}
