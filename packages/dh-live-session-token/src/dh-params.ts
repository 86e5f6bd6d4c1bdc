import { DerReader, derElement, derInteger, derTag } from './der.ts'
import { LiveSessionTokenError } from './errors.ts'
import { bitLength, bytesFromInteger, integerFromBytes } from './integer-bytes.ts'
import { findPemBlocks, formatPem } from './pem.ts'

/** Diffie-Hellman parameters as registered with IBKR. */
export interface DhParams {
  /** p, odd, 512 to 8192 bits (IBKR asks for 2048). */
  readonly prime: bigint
  /** g, 2 or more; may exceed p, as in IBKR's published example. */
  readonly generator: bigint
  /** PKCS #3 privateValueLength in bits, where the file had one. Informative: see `beginExchange`. */
  readonly privateValueLength?: number
}

/** An integer in one of the ways in which people keep it. A string is hexadecimal, with or without `0x`, spaces or colons. */
export type IntegerInput = bigint | number | string | Uint8Array

/** Parameters as numbers. */
export interface DhParamsInput {
  readonly prime: IntegerInput
  /** Default 2, which is what `openssl dhparam` writes. */
  readonly generator?: IntegerInput
  readonly privateValueLength?: number
}

const pemLabel = 'DH PARAMETERS'
const minimumPrimeBits = 512
const maximumPrimeBits = 8192

/**
 * Reads Diffie-Hellman parameters.
 *
 * @param input - PEM text of `openssl dhparam` (PKCS #3), the DER inside it, or the numbers.
 * @throws {LiveSessionTokenError} `ERR_LST_INVALID_DH_PARAMS`.
 * @see "OAuth at Interactive Brokers" 1.1, 5.1
 */
export function parseDhParams(input: string | Uint8Array | DhParamsInput): DhParams {
  if (typeof input === 'string') return paramsFromDer(derFromPem(input))
  if (input instanceof Uint8Array) return paramsFromDer(input)
  const { prime, generator = 2n, privateValueLength } = input
  return checkedParams(integerFrom(prime, 'prime'), integerFrom(generator, 'generator'), privateValueLength)
}

/**
 * Writes parameters as the PEM that IBKR's portal takes: PKCS #3, both integers positive.
 */
export function formatDhParams(params: DhParams): string {
  const { prime, generator, privateValueLength } = parseDhParams(params)
  const integers = [
    prime,
    generator,
    ...(privateValueLength === undefined ? [] : [BigInt(privateValueLength)]),
  ]
  const der = derElement(derTag.sequence, ...integers.map((integer) => derInteger(bytesFromInteger(integer))))
  return formatPem(pemLabel, der)
}

function derFromPem(text: string): Uint8Array {
  const blocks = findPemBlocks(text)
  const block = blocks.find(({ label }) => label === pemLabel)
  if (block !== undefined) return block.bytes
  const found = blocks[0] === undefined ? 'no PEM block' : `"${blocks[0].label}"`
  throw invalidDhParams(
    `the text holds ${found}, not "${pemLabel}". Pass the file that openssl dhparam wrote, or the number as { prime: hex }.`,
  )
}

function paramsFromDer(der: Uint8Array): DhParams {
  const outer = new DerReader(der)
  const body = outer.enter(derTag.sequence)
  const [prime, generator] = [body?.readInteger(), body?.readInteger()]
  const length = body?.nextTag === derTag.integer ? body.readInteger() : undefined
  if (prime === undefined || generator === undefined || !body?.atEnd || !outer.atEnd) {
    throw invalidDhParams(
      'the bytes are not a PKCS #3 DHParameter (SEQUENCE of prime, generator, optional length).',
    )
  }
  return checkedParams(prime, generator, length === undefined ? undefined : Number(length))
}

function integerFrom(input: IntegerInput, field: string): bigint {
  if (typeof input === 'bigint') return input
  if (typeof input === 'number' && Number.isSafeInteger(input)) return BigInt(input)
  if (input instanceof Uint8Array && input.length > 0) return integerFromBytes(input)
  const digits = typeof input === 'string' ? input.replace(/[\s:]+/g, '').replace(/^0x/i, '') : ''
  if (!/^[0-9a-f]+$/i.test(digits)) {
    throw invalidDhParams(
      `${field} must be a bigint, a safe integer, hexadecimal digits or non-empty big-endian bytes.`,
    )
  }
  return BigInt(`0x${digits}`)
}

function checkedParams(prime: bigint, generator: bigint, privateValueLength: number | undefined): DhParams {
  if (prime < 0n || generator < 0n) {
    throw invalidDhParams(
      `the ${prime < 0n ? 'prime' : 'generator'} is negative: whoever wrote the DER left out the sign byte. Make the parameters again with openssl dhparam, or pass the integer itself and write it with formatDhParams.`,
    )
  }
  const bits = bitLength(prime)
  if (bits < minimumPrimeBits || bits > maximumPrimeBits || prime % 2n === 0n) {
    throw invalidDhParams(
      `the prime must be odd and have ${minimumPrimeBits} to ${maximumPrimeBits} bits (IBKR asks for 2048); it has ${bits}${prime % 2n === 0n ? ' and is even' : ''}.`,
    )
  }
  if (generator < 2n || bitLength(generator) > maximumPrimeBits) {
    throw invalidDhParams('the generator must be 2 or more, and no longer than the longest prime.')
  }
  return privateValueLength === undefined ? { prime, generator } : { prime, generator, privateValueLength }
}

function invalidDhParams(problem: string): LiveSessionTokenError {
  return new LiveSessionTokenError('ERR_LST_INVALID_DH_PARAMS', `DH parameters: ${problem}`)
}
