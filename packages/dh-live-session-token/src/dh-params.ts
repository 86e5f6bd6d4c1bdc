import { bytesFromHex, isBytes, utf8Text } from '@ibkr-auth/internal/bytes'
import { derElement, derInteger, derSequence, derTag, integerOf } from '@ibkr-auth/internal/der'
import { integerFromBytes } from '@ibkr-auth/internal/integers'
import { findPemBlocks, formatPem } from '@ibkr-auth/internal/pem'
import { membersOf } from './arguments.ts'
import { LiveSessionTokenError } from './errors.ts'

/** Diffie-Hellman parameters as registered with IBKR. */
export interface DhParams {
  /** p; IBKR asks for 2048 bits. */
  readonly prime: bigint
  /** g; may exceed p, as in IBKR's published example. */
  readonly generator: bigint
  /** PKCS #3 privateValueLength in bits, where the file had one. Kept for the file's sake, not used. */
  readonly privateValueLength?: number | undefined
}

/**
 * An integer in one of the ways in which people keep it. A string is hexadecimal, with or without `0x`, white
 * space, colons or quotes, line breaks written as `\n` too; bytes are big-endian without sign.
 */
export type IntegerInput = bigint | number | string | Uint8Array

/** Parameters as numbers. */
export interface DhParamsInput {
  readonly prime: IntegerInput
  /** Default 2, which is what `openssl dhparam` writes. */
  readonly generator?: IntegerInput | undefined
  /** Bits. */
  readonly privateValueLength?: IntegerInput | undefined
}

const pemLabel = 'DH PARAMETERS'

/** Bits. Whoever registers parameters decides how long an exchange takes; four times IBKR's size is enough. */
const longestInteger = 8192

/** Characters of one integer, colons and white space included. */
const longestDigits = 16_384

/**
 * Reads Diffie-Hellman parameters. Weak ones are taken: {@link checkDhParams} tells them.
 *
 * @param input - The file that `openssl dhparam` wrote (PKCS #3 in PEM, as text or bytes), the DER inside it, or the
 * numbers.
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_DH_PARAMS` for what is no PKCS #3 or no number, an integer
 * that is not positive (whoever wrote it left out the sign byte), or one of more than 8192 bits.
 * @see "OAuth at Interactive Brokers" 1.1, 5.1
 */
export function parseDhParams(input: string | Uint8Array | DhParamsInput): DhParams {
  if (typeof input === 'string') return paramsFromPem(input)
  if (!isBytes(input)) return readDhNumbers(input)
  return input[0] === derTag.sequence ? paramsFromDer(input) : paramsFromPem(utf8Text(input))
}

/**
 * Writes parameters as the PEM that IBKR's portal takes: PKCS #3, every INTEGER positive.
 *
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_DH_PARAMS` as {@link parseDhParams}.
 * @see "OAuth at Interactive Brokers" 1.1
 */
export function formatDhParams(params: DhParams): string {
  const integers = Object.values(parseDhParams(params)).map((integer) => derInteger(BigInt(integer)))
  return formatPem(pemLabel, bytesFromHex(derElement(derTag.sequence, ...integers)) as Uint8Array)
}

function paramsFromPem(text: string): DhParams {
  const blocks = findPemBlocks(text)
  const block = blocks.find(({ label }) => label === pemLabel)
  if (block !== undefined) return paramsFromDer(block.bytes ?? new Uint8Array())
  throw invalidDhParams(
    `found ${blocks[0]?.label ?? 'no PEM block'}, not ${pemLabel}. Pass the file of openssl dhparam, or { prime: hex }.`,
  )
}

function paramsFromDer(der: Uint8Array): DhParams {
  const [prime, generator, ...others] = derSequence(der).map(integerOf)
  if (prime === undefined || generator === undefined || others.length > 1)
    throw invalidDhParams('no PKCS #3 (SEQUENCE of prime, generator, optional length).')
  return boundedParams(prime, generator, others)
}

/** {@link parseDhParams} for parameters as numbers, without the readers of files. */
export function readDhNumbers(input: DhParamsInput): DhParams {
  const {
    prime,
    generator = 2n,
    privateValueLength,
  } = membersOf(
    input,
    'dhParams (of parseDhParams, or { prime })',
    ['prime', 'generator', 'privateValueLength'],
    invalidDhParams,
  )
  const lengths = privateValueLength === undefined ? [] : [integerFrom(privateValueLength)]
  return boundedParams(integerFrom(prime), integerFrom(generator), lengths)
}

/** `undefined` for what is no integer. */
function integerFrom(input: IntegerInput): bigint | undefined {
  if (typeof input === 'bigint') return input
  if (typeof input === 'number') return Number.isSafeInteger(input) ? BigInt(input) : undefined
  if (isBytes(input)) return input.length > longestDigits ? undefined : integerFromBytes(input)
  if (typeof input !== 'string' || input.length > longestDigits) return undefined
  const digits = input.replace(/\\[rn]|[\s:"']+/g, '').replace(/^0x/i, '')
  return /^[\da-f]+$/i.test(digits) ? BigInt(`0x${digits}`) : undefined
}

function boundedParams(
  prime: bigint | undefined,
  generator: bigint | undefined,
  lengths: readonly (bigint | undefined)[],
): DhParams {
  const params = { prime: bounded('prime', prime), generator: bounded('generator', generator) }
  const [privateValueLength] = lengths.map((length) => Number(bounded('privateValueLength', length, 32)))
  return privateValueLength === undefined ? params : { ...params, privateValueLength }
}

function bounded(name: string, integer: bigint | undefined, bits = longestInteger): bigint {
  if (integer !== undefined && integer > 0n && !(integer >> BigInt(bits))) return integer
  throw invalidDhParams(
    `${name} must be a positive integer (hex, bigint, safe number, bytes) of ${bits} bits at most. Of a file without its sign byte: make it again with openssl dhparam.`,
  )
}

/** @param problem - Goes on after "DH parameters:". */
export function invalidDhParams(problem: string, cause?: unknown): LiveSessionTokenError {
  return new LiveSessionTokenError('ERR_LST_INVALID_DH_PARAMS', `DH parameters: ${problem}`, { cause })
}
