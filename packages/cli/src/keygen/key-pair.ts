import { createHash, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

/** A pair as it is written to files. */
export interface KeyPairPem {
  /** PKCS#8, encrypted with AES-256-CBC where there is a passphrase. */
  readonly privateKey: string
  /** SubjectPublicKeyInfo. */
  readonly publicKey: string
  readonly fingerprint: string
}

const generate = promisify(generateKeyPair) as unknown as (
  type: 'rsa',
  options: { readonly modulusLength: number },
) => Promise<{ readonly privateKey: KeyObject; readonly publicKey: KeyObject }>

/** Makes an RSA pair on the thread pool. */
export async function makeKeyPair(bits: number, passphrase: string | undefined): Promise<KeyPairPem> {
  const { privateKey, publicKey } = await generate('rsa', { modulusLength: bits })
  const encryption = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase }
  return {
    privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem', ...encryption })),
    publicKey: String(publicKey.export({ type: 'spki', format: 'pem' })),
    fingerprint: fingerprintOf(publicKey),
  }
}

/**
 * SHA-256 of the public key in DER, hex in pairs: what
 * `openssl pkey -pubin -in public_signature.pem -outform DER | openssl sha256 -c` prints.
 */
export function fingerprintOf(key: KeyObject): string {
  const publicKey = key.type === 'private' ? createPublicKey(key) : key
  const digest = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex')
  return (digest.match(/../g) ?? []).join(':')
}
