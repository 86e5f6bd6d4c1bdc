import { Buffer } from 'node:buffer'
import type { Primitives } from './contract.ts'

const primitives = {
  name: 'node',
  async decryptPem(pem, passphrase) {
    const { createPrivateKey } = await import('node:crypto')
    const secret = typeof passphrase === 'string' ? passphrase : Buffer.from(passphrase)
    try {
      return createPrivateKey({ key: pem, passphrase: secret }).export({ type: 'pkcs8', format: 'der' })
    } catch {
      return undefined // OpenSSL's reason tells a wrong passphrase from damage no better than we can
    }
  },
} satisfies Primitives

export const name: Primitives['name'] = primitives.name
export const decryptPem: Primitives['decryptPem'] = primitives.decryptPem
