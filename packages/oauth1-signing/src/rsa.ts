import { prepareRsaSign, prepareRsaVerify } from '#primitives'
import { base64, base64Bytes } from './host.ts'
import { OAuth1Error } from './oauth1-error.ts'
import type { Hash } from './primitives/contract.ts'
import { type RsaKeyInput, readRsaKey } from './rsa-key.ts'
import type { Signer, Verifier } from './signer.ts'

/**
 * RSA-SHA1: RSASSA-PKCS1-v1_5 with SHA-1, RFC 5849's own asymmetric method. Answers synchronously on Node
 * (except for a `CryptoKey`), elsewhere with a promise.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is no RSA private key.
 * @see RFC 5849 3.4.3
 */
export function rsaSha1(privateKey: RsaKeyInput): Signer {
  return rsaSigner('RSA-SHA1', 'sha1', privateKey)
}

/**
 * RSA-SHA256: as RSA-SHA1 with the later hash. IBKR's three OAuth endpoints want it, with the signing key.
 * Answers synchronously on Node (except for a `CryptoKey`), elsewhere with a promise.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is no RSA private key.
 * @see "OAuth at Interactive Brokers" 4, 5
 */
export function rsaSha256(privateKey: RsaKeyInput): Signer {
  return rsaSigner('RSA-SHA256', 'sha256', privateKey)
}

/**
 * The server's side of RSA-SHA1.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is no RSA public key.
 */
export function rsaSha1Verifier(publicKey: RsaKeyInput): Verifier {
  return rsaVerifier('RSA-SHA1', 'sha1', publicKey)
}

/**
 * The server's side of RSA-SHA256.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_KEY` if the key is no RSA public key.
 */
export function rsaSha256Verifier(publicKey: RsaKeyInput): Verifier {
  return rsaVerifier('RSA-SHA256', 'sha256', publicKey)
}

function rsaSigner(method: string, hash: Hash, input: RsaKeyInput): Signer {
  const key = readRsaKey(input, 'private')
  return { method, sign: prepared(() => prepareRsaSign(hash, key)) }
}

function rsaVerifier(method: string, hash: Hash, input: RsaKeyInput): Verifier {
  const key = readRsaKey(input, 'public')
  const verify = prepared(() => prepareRsaVerify(hash, key))
  return {
    method,
    verify: (signatureBaseString, signature) => {
      const bytes = canonicalBase64(signature)
      return bytes !== undefined && verify(signatureBaseString, bytes)
    },
  }
}

// The runtime's own message may quote the key, so it is not passed on.
function prepared<Prepared>(prepare: () => Prepared): Prepared {
  try {
    return prepare()
  } catch {
    throw new OAuth1Error('ERR_OAUTH1_INVALID_KEY', 'The RSA key is damaged or no RSA key')
  }
}

/** Base64 has several spellings of the same bytes; only one of them is a signature. */
function canonicalBase64(text: string): Uint8Array | undefined {
  try {
    const bytes = base64Bytes(text)
    return base64(bytes) === text ? bytes : undefined
  } catch {
    return undefined
  }
}
