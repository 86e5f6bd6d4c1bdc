import { Buffer } from 'node:buffer'
import {
  constants,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  publicEncrypt,
  randomBytes,
} from 'node:crypto'
import { dhParameters } from './dh-key-objects.ts'
import { dhGenerator, dhPrimeHex } from './dh-prime.ts'
import { consumerKey } from './inputs.ts'

// IBKR's side of the exchange, computed beforehand with BigInt from section 5 of "OAuth at Interactive Brokers", 2018. It is
// the judge of the handshake rows too, and shares no code with any of them.

/** One consumer as a platform has it: keys made for this run. */
export interface Consumer {
  readonly signingKey: KeyObject
  readonly signingKeyPem: string
  readonly encryptionKey: KeyObject
  readonly encryptionKeyPem: string
  readonly encryptionPublicKey: KeyObject
  readonly prime: bigint
  readonly dhParamsPem: string
}

export function createConsumer(): Consumer {
  const signing = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const encryption = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const prime = BigInt(`0x${dhPrimeHex}`)
  return {
    signingKey: signing.privateKey,
    signingKeyPem: pemOf(signing.privateKey),
    encryptionKey: encryption.privateKey,
    encryptionKeyPem: pemOf(encryption.privateKey),
    encryptionPublicKey: encryption.publicKey,
    prime,
    dhParamsPem: toPem('DH PARAMETERS', dhParameters(prime, dhGenerator)),
  }
}

function pemOf(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString()
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** An access token secret and the form in which IBKR hands it out. */
export interface Account {
  readonly secret: Buffer
  readonly encryptedSecret: string
}

export function createAccount(consumer: Consumer): Account {
  const secret = randomBytes(32)
  const encrypted = publicEncrypt(
    { key: consumer.encryptionPublicKey, padding: constants.RSA_PKCS1_PADDING },
    secret,
  )
  return { secret, encryptedSecret: encrypted.toString('base64') }
}

/** Both sides' exponents drawn, and what they agree on computed. */
export interface Agreement {
  readonly prime: bigint
  readonly exponent: bigint
  readonly exponentBytes: Buffer
  /** B, which IBKR sends. */
  readonly response: bigint
  /** K as bytes. */
  readonly shared: Buffer
}

/** An exchange whose private exponent is known, so that IBKR's reply to it could be computed beforehand. */
export interface PreparedExchange extends Agreement {
  readonly reply: { readonly status: 200; readonly headers: Record<string, string>; readonly body: string }
  readonly replyFields: {
    readonly diffie_hellman_response: string
    readonly live_session_token_signature: string
    readonly live_session_token_expiration: number
  }
  readonly liveSessionToken: Buffer
}

export function agree(prime: bigint): Agreement {
  const exponentBytes = randomBytes(32)
  const exponent = BigInt(`0x${exponentBytes.toString('hex')}`)
  const serverExponent = BigInt(`0x${randomBytes(32).toString('hex')}`)
  const response = power(dhGenerator, serverExponent, prime)
  const shared = twosComplement(power(response, exponent, prime))
  return { prime, exponent, exponentBytes, response, shared }
}

/** IBKR's reply for an account. */
export function answer(agreement: Agreement, secret: Uint8Array): PreparedExchange {
  const liveSessionToken = createHmac('sha1', agreement.shared).update(secret).digest()
  const replyFields = {
    diffie_hellman_response: agreement.response.toString(16),
    live_session_token_signature: createHmac('sha1', liveSessionToken).update(consumerKey).digest('hex'),
    live_session_token_expiration: Date.now() + 86_400_000,
  }
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  const reply = { status: 200, headers, body: JSON.stringify(replyFields) } as const
  return { ...agreement, reply, replyFields, liveSessionToken }
}

/** Odd 2048-bit numbers that nothing has seen before. That they are no primes changes nothing in the work. */
export function unseenPrime(): bigint {
  const bytes = randomBytes(256)
  bytes[0] = (bytes[0] as number) | 0x80
  bytes[255] = (bytes[255] as number) | 1
  return BigInt(`0x${bytes.toString('hex')}`)
}

/** Big-endian, with a zero byte in front where the top bit is set, as `BigInteger.toByteArray()` in Java gives it. */
export function twosComplement(value: bigint): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex')
  return (bytes[0] as number) > 127 ? Buffer.concat([Buffer.of(0), bytes]) : bytes
}

/** base^exponent mod modulus. */
export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let square = base % modulus, left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}
