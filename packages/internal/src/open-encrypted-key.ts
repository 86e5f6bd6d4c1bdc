import { Buffer } from 'node:buffer'
import { createPrivateKey } from 'node:crypto'
import type { OpenEncryptedKey } from './key-input.ts'

/** Node's way of opening encrypted keys, PKCS#8 and the older PEM encryption alike. */
export const openEncryptedKey: OpenEncryptedKey = (key, passphrase) => {
  const secret = typeof passphrase === 'string' ? passphrase : Buffer.from(passphrase)
  try {
    const opened =
      typeof key === 'string'
        ? createPrivateKey({ key, passphrase: secret })
        : createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8', passphrase: secret })
    return new Uint8Array(opened.export({ type: 'pkcs8', format: 'der' }))
  } catch {
    return undefined // OpenSSL's reason tells a wrong passphrase from damage no better than we can
  }
}
