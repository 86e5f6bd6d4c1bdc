import { SsoJwtError } from '../error.ts'
import type { Primitives } from './contract.ts'

const primitives = {
  name: 'portable',
  async decryptPem() {
    throw new SsoJwtError(
      'ERR_SSO_JWT_UNSUPPORTED',
      'an encrypted PEM can be read only where node:crypto is: decrypt it once with "openssl pkcs8 -in key.pem -out plain.pem" and keep it in a secret store, or give a signing function',
    )
  },
} satisfies Primitives

export const name: Primitives['name'] = primitives.name
export const decryptPem: Primitives['decryptPem'] = primitives.decryptPem
