import { base64FromBytes } from './base64.ts'
import { DerReader, derElement, derInteger, derTag } from './der.ts'
import { LiveSessionTokenError } from './errors.ts'
import { bytesFromHex, integerFromBytes } from './integer-bytes.ts'
import { findPemBlocks, formatPem } from './pem.ts'

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
 * space or colons; bytes are big-endian without sign.
 */
export type IntegerInput = bigint | number | string | Uint8Array

/** Parameters as numbers. */
export interface DhParamsInput {
  readonly prime: IntegerInput
  /** Default 2, which is what `openssl dhparam` writes. */
  readonly generator?: IntegerInput | undefined
  readonly privateValueLength?: number | undefined
}

const pemLabel = 'DH PARAMETERS'
const longestInteger = 8192n

/**
 * Reads Diffie-Hellman parameters. Weak ones are taken: `checkDhParams` is the judge of that.
 *
 * @param input - The text of the file that `openssl dhparam` wrote (PKCS #3 in PEM), the DER inside it, or the
 * numbers.
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_DH_PARAMS` for what is no PKCS #3 or no number, an integer
 * that is not positive (whoever wrote it left out the sign byte), or one of more than 8192 bits.
 * @see "OAuth at Interactive Brokers" 1.1, 5.1
 */
export function parseDhParams(input: string | Uint8Array | DhParamsInput): DhParams {
  if (typeof input === 'string') return paramsFromDer(derFromPem(input))
  if (input instanceof Uint8Array) return paramsFromDer(input)
  if (typeof input !== 'object' || input === null)
    throw invalidDhParams('pass PEM text, DER bytes or { prime }.')
  const { prime, generator = 2n, privateValueLength } = input
  return boundedParams({
    prime: readInteger(prime, 'prime'),
    generator: readInteger(generator, 'generator'),
    ...(privateValueLength !== undefined && {
      privateValueLength: Number(readInteger(privateValueLength, 'privateValueLength')),
    }),
  })
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
  return formatPem(pemLabel, base64FromBytes(bytesFromHex(der)))
}

function derFromPem(text: string): Uint8Array {
  const blocks = findPemBlocks(text)
  const block = blocks.find(({ label }) => label === pemLabel)
  if (block !== undefined) return block.bytes
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
  return boundedParams({ prime, generator, ...(length && { privateValueLength: Number(length) }) })
}

function readInteger(input: IntegerInput, field: string): bigint {
  if (typeof input === 'bigint' || Number.isSafeInteger(input)) return BigInt(input as bigint | number)
  if (input instanceof Uint8Array && input.length > 0) return integerFromBytes(input)
  const digits = String(input).replace(/[\s:]+|^0x/gi, '')
  if (!/^[0-9a-f]+$/i.test(digits))
    throw invalidDhParams(`${field} must be hex, a bigint, a safe integer or bytes.`)
  return BigInt(`0x${digits}`)
}

function boundedParams(params: DhParams): DhParams {
  for (const [name, integer] of Object.entries(params)) {
    if (integer <= 0) {
      throw invalidDhParams(
        `${name} is not positive: its writer left out the sign byte. Make the parameters again with openssl dhparam.`,
      )
    }
    if (BigInt(integer) >> longestInteger > 0)
      throw invalidDhParams(`${name} has over ${longestInteger} bits.`)
  }
  return params
}

export function invalidDhParams(problem: string): LiveSessionTokenError {
  return new LiveSessionTokenError('ERR_LST_INVALID_DH_PARAMS', `DH parameters: ${problem}`)
}
