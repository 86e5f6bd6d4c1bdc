import { base64FromBytes, utf8Bytes } from '@ibkr-auth/internal/bytes'
import { subtle } from '@ibkr-auth/internal/globals'
import { invalidKey } from '../checks.ts'
import type { Hash, RsaKey } from './contract.ts'

const name = 'RSASSA-PKCS1-v1_5'
const hashNames = { sha1: 'SHA-1', sha256: 'SHA-256' } as const

/** RSASSA-PKCS1-v1_5 through WebCrypto. The key is imported at the first signature and kept. */
export function webCryptoSign(hash: Hash, key: RsaKey): (text: string) => Promise<string> {
  let imported: Promise<object> | undefined
  return async (text) => {
    imported ??= importKey(hash, key, 'sign')
    const held = await imported
    try {
      return base64FromBytes(new Uint8Array(await subtle().sign(name, held, utf8Bytes(text))))
    } catch {
      throw damaged()
    }
  }
}

/** The other half: false for every signature that is not right. */
export function webCryptoVerify(
  hash: Hash,
  key: RsaKey,
): (text: string, signature: Uint8Array) => Promise<boolean> {
  let imported: Promise<object> | undefined
  return async (text, signature) => {
    imported ??= importKey(hash, key, 'verify')
    const held = await imported
    try {
      return (await subtle().verify(name, held, signature, utf8Bytes(text))) === true
    } catch {
      return false // What is no key of this runtime finds no signature right.
    }
  }
}

async function importKey(hash: Hash, key: RsaKey, usage: 'sign' | 'verify'): Promise<object> {
  if (key.form === 'crypto-key') return key.key
  const algorithm = { name, hash: hashNames[hash] }
  try {
    return await subtle().importKey('jwk', key.jwk, algorithm, false, [usage])
  } catch {
    throw damaged()
  }
}

/** The runtime's own message may quote the key, so it is not passed on. */
function damaged(): ReturnType<typeof invalidKey> {
  return invalidKey('The RSA key is damaged or no RSA key')
}
