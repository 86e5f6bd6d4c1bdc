import { createPrivateKey } from 'node:crypto'
import { isBytes } from './bytes.ts'
import type { OpenEncryptedKey } from './key-input.ts'
import { fault } from './key-reading.ts'

/** Node's way of opening encrypted keys, PKCS#8 and the older PEM encryption alike. */
export const openEncryptedKey: OpenEncryptedKey = (key, passphrase) => {
  if (passphrase === undefined) {
    return fault(
      'encrypted',
      'is encrypted: give its passphrase, or decrypt it once with "openssl pkcs8 -in FILE -out PLAIN"',
    )
  }
  if (!(typeof passphrase === 'string' || isBytes(passphrase)) || passphrase.length === 0)
    return fault('passphrase', 'needs a passphrase of text or bytes, not empty')
  const opened = open(key, typeof passphrase === 'string' ? passphrase : Buffer.from(passphrase))
  return opened ?? fault('passphrase', 'does not open: the passphrase is wrong, or the file damaged')
}

function open(key: string | Uint8Array, passphrase: string | Buffer): Uint8Array | undefined {
  try {
    const opened =
      typeof key === 'string'
        ? createPrivateKey({ key, passphrase })
        : createPrivateKey({ key: Buffer.from(key), format: 'der', type: 'pkcs8', passphrase })
    return new Uint8Array(opened.export({ type: 'pkcs8', format: 'der' }))
  } catch {
    return undefined // OpenSSL's reason tells a wrong passphrase from damage no better than we can
  }
}
