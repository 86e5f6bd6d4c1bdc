import { bytesFromHex, isBytes, utf8Text } from '@ibkr-auth/internal/bytes'
import { DerReader, derElement, derInteger, derTag } from '@ibkr-auth/internal/der'
import { bitLength, integerFromBytes } from '@ibkr-auth/internal/integers'
import { findPemBlocks, formatPem } from '@ibkr-auth/internal/pem'
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
  if (isBytes(input)) {
    return input[0] === derTag.sequence ? paramsFromDer(input) : paramsFromPem(utf8Text(input))
  }
  return readDhNumbers(input)
}

/**
 * Writes parameters as the PEM that IBKR's portal takes: PKCS #3, every INTEGER positive.
 *
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_DH_PARAMS` as {@link parseDhParams}.
 * @see "OAuth at Interactive Brokers" 1.1
 */
export function formatDhParams(params: DhParams): string {
  const { prime, generator, privateValueLength } = parseDhParams(params)
  const integers = [prime, generator]
  if (privateValueLength !== undefined) integers.push(BigInt(privateValueLength))
  const der = derElement(derTag.sequence, ...integers.map(derInteger))
  return formatPem(pemLabel, bytesFromHex(der) as Uint8Array)
}

function paramsFromPem(text: string): DhParams {
  const blocks = findPemBlocks(text)
  const block = blocks.find(({ label }) => label === pemLabel)
  if (block !== undefined) return paramsFromDer(block.bytes ?? new Uint8Array())
  const found = blocks[0] === undefined ? 'no PEM block' : `"${blocks[0].label}"`
  throw invalidDhParams(
    `found ${found}, not "${pemLabel}". Pass the file of openssl dhparam, or { prime: hex }.`,
  )
}

function paramsFromDer(der: Uint8Array): DhParams {
  const outer = new DerReader(der)
  const body = outer.enter(derTag.sequence)
  const [prime, generator] = [body?.readInteger(), body?.readInteger()]
  const length = body?.atEnd ? undefined : body?.readInteger()
  if (prime === undefined || generator === undefined || !body?.atEnd || !outer.atEnd) {
    throw invalidDhParams('not PKCS #3 (SEQUENCE of prime, generator, optional length).')
  }
  return boundedParams(prime, generator, length)
}

/** {@link parseDhParams} for parameters as numbers, without the readers of files. */
export function readDhNumbers(input: DhParamsInput): DhParams {
  const { prime, generator = 2n, privateValueLength } = membersOf(input)
  return boundedParams(
    readInteger(prime, 'prime'),
    readInteger(generator, 'generator'),
    privateValueLength === undefined ? undefined : readInteger(privateValueLength, 'privateValueLength'),
  )
}

function membersOf(input: DhParamsInput): DhParamsInput {
  try {
    const { prime, generator, privateValueLength } = input
    return { prime, generator, privateValueLength }
  } catch (cause) {
    throw invalidDhParams('pass PEM text or DER bytes to parseDhParams, or { prime }.', cause)
  }
}

function readInteger(input: IntegerInput, field: string): bigint {
  if (typeof input === 'bigint') return input
  if (typeof input === 'number' && Number.isSafeInteger(input)) return BigInt(input)
  if (isBytes(input) && input.length > 0 && input.length <= longestDigits) return integerFromBytes(input)
  const digits =
    typeof input === 'string' && input.length <= longestDigits
      ? input.replace(/\\[rn]|[\s:"']+/g, '').replace(/^0x/i, '')
      : ''
  if (!/^[0-9a-f]+$/i.test(digits)) {
    throw invalidDhParams(
      `${field} must be hex, a bigint, a safe integer or bytes, of ${longestInteger} bits at most.`,
    )
  }
  return BigInt(`0x${digits}`)
}

function boundedParams(prime: bigint, generator: bigint, length: bigint | undefined): DhParams {
  for (const [name, integer] of Object.entries({ prime, generator, privateValueLength: length ?? 1n })) {
    if (integer <= 0n) {
      throw invalidDhParams(
        `${name} is not positive: its writer left out the sign byte. Make the parameters again with openssl dhparam.`,
      )
    }
    if (integer >> BigInt(longestInteger) > 0n)
      throw invalidDhParams(`${name} has over ${longestInteger} bits.`)
  }
  if (length !== undefined && bitLength(length) > 32)
    throw invalidDhParams('privateValueLength is no number of bits.')
  return { prime, generator, ...(length !== undefined && { privateValueLength: Number(length) }) }
}

/** @param problem - Goes on after "DH parameters:". */
export function invalidDhParams(problem: string, cause?: unknown): LiveSessionTokenError {
  return new LiveSessionTokenError('ERR_LST_INVALID_DH_PARAMS', `DH parameters: ${problem}`, { cause })
}
