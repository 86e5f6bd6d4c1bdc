import { invalidInput, reading } from '../checks.ts'
import { encodeNamed } from './percent-encode.ts'

/** A parameter with name and value percent-encoded once. */
export interface EncodedParameter {
  readonly name: string
  readonly value: string
  /** False where neither holds an escape, so that encoding them once more changes nothing: nearly always. */
  readonly isEscaped: boolean
  /** `%26name%3D` and `", name="`, put together once for a name that is in every request: fewer pieces to join. */
  readonly inBaseString: string | undefined
  readonly inHeader: string | undefined
}

export function encodedParameter(name: string, value: string): EncodedParameter {
  return {
    name,
    value,
    isEscaped: name.includes('%') || value.includes('%'),
    inBaseString: undefined,
    inHeader: undefined,
  }
}

/** Encodes decoded names and values; `argument` is what an error calls them. */
export function encodeParameters(
  argument: string,
  parameters: Iterable<readonly [name: string, value: string]>,
): EncodedParameter[] {
  return reading(argument, () => {
    if (typeof parameters?.[Symbol.iterator] !== 'function') {
      throw invalidInput(`${argument} must be a list of pairs of strings`)
    }
    return Array.from(parameters, (pair) => encodePair(argument, pair))
  })
}

function encodePair(argument: string, pair: readonly [name: string, value: string]): EncodedParameter {
  if (!Array.isArray(pair)) throw invalidInput(`${argument} must hold pairs of strings`)
  const name = encodeNamed(`a name in ${argument}`, pair[0])
  return encodedParameter(name, encodeNamed(`a value in ${argument}`, pair[1]))
}

/** By encoded name, then by encoded value (RFC 5849 3.4.1.3.2). Encoded texts are ASCII: byte order. */
function isBefore(one: EncodedParameter, other: EncodedParameter): boolean {
  return one.name < other.name || (one.name === other.name && one.value < other.value)
}

function compare(one: EncodedParameter, other: EncodedParameter): number {
  return compareTexts(one.name, other.name) || compareTexts(one.value, other.value)
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0
  return one < other ? -1 : 1
}

/** Up to here insertion beats the engine's sort; requests have a dozen parameters. */
const fewParameters = 16

/** Sorts in place. */
export function sortParameters(parameters: EncodedParameter[]): EncodedParameter[] {
  if (parameters.length > fewParameters) return parameters.sort(compare)
  for (let index = 1; index < parameters.length; index++) {
    const parameter = parameters[index] as EncodedParameter
    let place = index
    for (; place > 0; place--) {
      const before = parameters[place - 1] as EncodedParameter
      if (!isBefore(parameter, before)) break
      parameters[place] = before
    }
    parameters[place] = parameter
  }
  return parameters
}

/** Sorts by what the encoded texts stand for, byte by byte: for clients that sort before they encode. */
export function sortDecoded(parameters: EncodedParameter[]): EncodedParameter[] {
  if (!parameters.some(({ isEscaped }) => isEscaped)) return sortParameters(parameters)
  return parameters.sort(
    (one, other) => compareDecoded(one.name, other.name) || compareDecoded(one.value, other.value),
  )
}

const stretch = 32

/** Decodes no more than the byte in which the two differ; digits of an escape have the order of what they stand for. */
function compareDecoded(one: string, other: string): number {
  if (one === other) return 0
  let at = 0
  // Names that begin alike are passed over as the engine compares texts, a stretch at a time.
  while (one.slice(at, at + stretch) === other.slice(at, at + stretch)) at += stretch
  while (one.charCodeAt(at) === other.charCodeAt(at)) at += 1
  return byteAt(one, at) - byteAt(other, at)
}

/** The byte that an escape or a character stands for; less than any behind the end. */
function byteAt(encoded: string, at: number): number {
  if (at >= encoded.length) return -1
  return encoded[at] === '%' ? Number.parseInt(encoded.slice(at + 1, at + 3), 16) : encoded.charCodeAt(at)
}

// Both append piece by piece to the text before, which engines do without copying it.

/** Appends names and values joined with `=` and `&`, all of that encoded once more (RFC 5849 3.4.1.1). */
export function appendEncodedTwice(start: string, parameters: readonly EncodedParameter[]): string {
  if (parameters.length > fewParameters) return appendInGroups(start, parameters)
  let text = start
  for (let index = 0; index < parameters.length; index++) {
    const { name, value, isEscaped, inBaseString } = parameters[index] as EncodedParameter
    if (index > 0 && inBaseString !== undefined) text += inBaseString
    else {
      if (index > 0) text += '%26'
      text += isEscaped ? encodeAgain(name) : name
      text += '%3D'
    }
    text += isEscaped ? encodeAgain(value) : value
  }
  return text
}

/** Many are joined before they are encoded: a call of the engine for each takes longer than its characters. */
function appendInGroups(start: string, parameters: readonly EncodedParameter[]): string {
  let text = start
  for (let index = 0; index < parameters.length; index += fewParameters) {
    if (index > 0) text += '%26'
    text += encodeAgain(joined(parameters.slice(index, index + fewParameters)))
  }
  return text
}

/** Appends names and values joined raw and encoded as a whole, which encodes each once. */
export function appendEncodedOnce(start: string, parameters: readonly EncodedParameter[]): string {
  let text = start
  let separator = ''
  for (const { name, value } of parameters) {
    text += separator
    text += name
    text += '%3D'
    text += value
    separator = '%26'
  }
  return text
}

/** Encodes once more what is percent-encoded: nothing but its percent signs, and what joins it, is left to encode. */
function encodeAgain(encoded: string): string {
  let text = ''
  for (let start = 0; start < encoded.length; start += pieceLength) {
    text += encodeURIComponent(encoded.slice(start, start + pieceLength))
  }
  return text
}

/** What is larger takes longer to be given by the system than to be filled. */
const pieceLength = 16_384

/**
 * Normalises parameters: percent-encodes names and values, sorts by encoded name and then by encoded
 * value in byte order, joins with `=` and `&`. Duplicates all stay.
 *
 * @param parameters - Decoded names and values, in any order.
 * @throws {OAuth1Error} `ERR_OAUTH1_LONE_SURROGATE` if a name or value has no UTF-8 form; `ERR_OAUTH1_INVALID_INPUT` if
 *   `parameters` are no list of pairs of strings.
 * @see RFC 5849 3.4.1.3.2
 */
export function normalizeParameters(parameters: Iterable<readonly [name: string, value: string]>): string {
  return joined(sortParameters(encodeParameters('parameters', parameters)))
}

function joined(parameters: readonly EncodedParameter[]): string {
  return parameters.map(({ name, value }) => `${name}=${value}`).join('&')
}
