import { base64FromBytes, bytesFromBase64, bytesFromHex, isBytes, utf8Text } from '@ibkr-auth/internal/bytes'
import { derElement, derInteger, derSequence, derTag, integerOf } from '@ibkr-auth/internal/der'
import { integerFromBytes } from '@ibkr-auth/internal/integers'
import { findPemBlocks, formatPem } from '@ibkr-auth/internal/pem'
import { ask, membersOf } from './arguments.ts'
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
  const bytes = ask('the bytes', () => new Uint8Array(input), invalidDhParams)
  return bytes[0] === derTag.sequence ? paramsFromDer(bytes) : paramsFromPem(utf8Text(bytes))
}

/**
 * Writes parameters as the PEM that IBKR's portal takes: PKCS #3, every INTEGER positive.
 *
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_DH_PARAMS` as {@link parseDhParams}.
 * @see "OAuth at Interactive Brokers" 1.1
 */
export function formatDhParams(params: DhParams): string {
  const integers = Object.values(parseDhParams(params)).map((integer) => derInteger(BigInt(integer)))
  const der = bytesFromHex(derElement(derTag.sequence, ...integers)) as Uint8Array
  return formatPem(pemLabel, base64FromBytes(der))
}

function paramsFromPem(text: string): DhParams {
  const blocks = findPemBlocks(text)
  const block = blocks.find(({ label }) => label === pemLabel)
  if (block !== undefined) return paramsFromDer(bytesFromBase64(block.base64) ?? new Uint8Array())
  throw invalidDhParams(
    `found ${blocks[0]?.label ?? 'no PEM block'}, not ${pemLabel}. Pass the file of openssl dhparam, or { prime: hex }.`,
  )
}

function paramsFromDer(der: Uint8Array): DhParams {
  const integers = derSequence(der).map(integerOf)
  if (integers.length < 2 || integers.length > 3 || integers.includes(undefined))
    throw invalidDhParams('no PKCS #3 (SEQUENCE of prime, generator, optional length).')
  const [prime = 0n, generator, privateValueLength] = integers
  return readDhNumbers({ prime, generator, privateValueLength })
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
  const params = { prime: readInteger('prime', prime), generator: readInteger('generator', generator) }
  if (privateValueLength === undefined) return params
  return { ...params, privateValueLength: Number(readInteger('privateValueLength', privateValueLength, 32)) }
}

function readInteger(name: string, input: IntegerInput, bits = longestInteger): bigint {
  const integer = ask(name, () => integerFrom(input), invalidDhParams)
  if (integer !== undefined && integer > 0n && !(integer >> BigInt(bits))) return integer
  throw invalidDhParams(
    `${name} must be a positive integer (hex, bigint, safe number, bytes) of ${bits} bits at most. Of a file without its sign byte: make it again with openssl dhparam.`,
  )
}

/** `undefined` for what is no integer. */
function integerFrom(input: IntegerInput): bigint | undefined {
  if (typeof input === 'bigint') return input
  if (typeof input === 'number') return Number.isSafeInteger(input) ? BigInt(input) : undefined
  if (isBytes(input)) {
    const bytes = new Uint8Array(input)
    return bytes.length > longestDigits ? undefined : integerFromBytes(bytes)
  }
  if (typeof input !== 'string' || input.length > longestDigits) return undefined
  const digits = input.replace(/\\[rn]|[\s:"']+/g, '').replace(/^0x/i, '')
  return /^[\da-f]+$/i.test(digits) ? BigInt(`0x${digits}`) : undefined
}

/** @param problem - Goes on after "DH parameters:". */
export function invalidDhParams(problem: string, cause?: unknown): LiveSessionTokenError {
  return new LiveSessionTokenError('ERR_LST_INVALID_DH_PARAMS', `DH parameters: ${problem}`, { cause })
}
