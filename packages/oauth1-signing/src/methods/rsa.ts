import { base64FromBytes, bytesFromBase64 } from '@ibkr-auth/internal/bytes'
import type { KeyInput } from '@ibkr-auth/internal/key-forms'
import { prepareRsaSign, prepareRsaVerify } from '#primitives'
import { invalidKey } from '../checks.ts'
import type { Hash } from '../primitives/contract.ts'
import { type PrivateKeyOptions, publicHalf, readRsaKey } from './rsa-key.ts'
import { ofTexts, requireBaseString, type Signer, type Verifier } from './signer.ts'

/**
 * RSA-SHA1: RSASSA-PKCS1-v1_5 with SHA-1, RFC 5849's own asymmetric method. Answers synchronously on Node
 * (except for a `CryptoKey`), elsewhere with a promise.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is no RSA private key, encrypted without its passphrase, or
 *   damaged (also when it signs); `ERR_OAUTH1_INVALID_INPUT` if `options` are no object.
 * @see RFC 5849 3.4.3
 */
export function rsaSha1(privateKey: KeyInput, options?: PrivateKeyOptions): Signer {
  return rsaSigner('RSA-SHA1', 'sha1', privateKey, options)
}

/**
 * RSA-SHA256: as RSA-SHA1 with the later hash. IBKR's three OAuth endpoints want it, with the signing key.
 * Answers synchronously on Node (except for a `CryptoKey`), elsewhere with a promise.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is no RSA private key, encrypted without its passphrase, or
 *   damaged (also when it signs); `ERR_OAUTH1_INVALID_INPUT` if `options` are no object.
 * @see "OAuth at Interactive Brokers" 4, 5
 */
export function rsaSha256(privateKey: KeyInput, options?: PrivateKeyOptions): Signer {
  return rsaSigner('RSA-SHA256', 'sha256', privateKey, options)
}

/**
 * The server's side of RSA-SHA1.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is no RSA public key or shorter than 1,024 bits.
 */
export function rsaSha1Verifier(publicKey: KeyInput): Verifier {
  return rsaVerifier('RSA-SHA1', 'sha1', publicKey)
}

/**
 * The server's side of RSA-SHA256.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is no RSA public key or shorter than 1,024 bits.
 */
export function rsaSha256Verifier(publicKey: KeyInput): Verifier {
  return rsaVerifier('RSA-SHA256', 'sha256', publicKey)
}

function rsaSigner(
  method: string,
  hash: Hash,
  input: KeyInput,
  options: PrivateKeyOptions | undefined,
): Signer {
  const { key } = readRsaKey(input, 'sign', hash, options)
  const sign = prepared(() => prepareRsaSign(hash, key))
  if (key.form === 'crypto-key') return { method, sign: ofTexts(sign) }
  const verify = prepared(() => prepareRsaVerify(hash, publicHalf(key)))
  return {
    method,
    sign: (text) => {
      requireBaseString(text)
      const signature = sign(text)
      return typeof signature === 'string'
        ? released(signature, verify(text, bytesFromBase64(signature) ?? new Uint8Array()))
        : signature.then(async (late) =>
            released(late, await verify(text, bytesFromBase64(late) ?? new Uint8Array())),
          )
    },
  }
}

/** One wrong signature, by a fault in memory or a damaged prime, can give the private key away, so none goes out. */
function released(signature: string, isRight: boolean | Promise<boolean>): string {
  if (isRight !== true) throw invalidKey('The RSA private key made a signature that is wrong: it is damaged')
  return signature
}

const shortestModulus = 1024
const soundModulus = 2048

function rsaVerifier(method: string, hash: Hash, input: KeyInput): Verifier {
  const { key, modulusBits } = readRsaKey(input, 'verify', hash)
  if (!(modulusBits >= shortestModulus)) {
    throw invalidKey(`The RSA public key has ${modulusBits} bits; at least ${shortestModulus} are needed`)
  }
  const isSound = modulusBits >= soundModulus
  const warning = isSound ? undefined : `The key has ${modulusBits} bits; use at least ${soundModulus}`
  const verify = prepared(() => prepareRsaVerify(hash, key))
  return {
    method,
    warning,
    verify: (signatureBaseString, signature) => {
      const bytes = canonicalBase64(signature)
      return (
        bytes !== undefined && typeof signatureBaseString === 'string' && verify(signatureBaseString, bytes)
      )
    },
  }
}

// The runtime's own message may quote the key, so it is not passed on.
function prepared<Prepared>(prepare: () => Prepared): Prepared {
  try {
    return prepare()
  } catch {
    throw invalidKey('The RSA key is damaged or no RSA key')
  }
}

/** Base64 has several spellings of the same bytes; only one of them is a signature. */
function canonicalBase64(text: string): Uint8Array | undefined {
  const bytes = bytesFromBase64(text)
  return bytes !== undefined && base64FromBytes(bytes) === text ? bytes : undefined
}
