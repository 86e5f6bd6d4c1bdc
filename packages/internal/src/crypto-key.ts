import { isBytes } from './bytes.ts'
import { integerFromBytes } from './integers.ts'
import type { CryptoKeyLike } from './key-forms.ts'
import type { KeyReading } from './key-reading.ts'
import { exponentFault } from './rsa-soundness.ts'

/** Reads what a WebCrypto `CryptoKey` says of itself; of its RSA numbers it tells the public exponent alone. */
export function readCryptoKey(key: CryptoKeyLike): KeyReading {
  const { type, algorithm, usages } = key
  const said = { type, algorithm: { ...algorithm }, usages: [...usages] }
  const { publicExponent } = said.algorithm as { readonly publicExponent?: unknown }
  const unusable = isBytes(publicExponent) ? exponentFault(integerFromBytes(publicExponent)) : undefined
  return unusable ?? { ok: true, key: { form: 'crypto-key', key, said } }
}
