import { bytesFromInteger, integerFromBytes } from '../integer-bytes.ts'
import { hasPrimes, type RsaIntegers } from '../rsa-integers.ts'
import type { RsaPrivateKey } from './contract.ts'
import { modInverse, modPow } from './mod-pow.ts'

/** An RSA private key over BigInt: blinded, by the Chinese remainder theorem where the primes are known. */
export function createPortableRsaPrivateKey(
  key: RsaIntegers,
  randomBytes: (length: number) => Uint8Array,
): RsaPrivateKey {
  const modulusLength = bytesFromInteger(key.n).length
  return {
    modulusLength,
    decryptRaw(ciphertext) {
      const value = integerFromBytes(ciphertext)
      return value < key.n
        ? bytesFromInteger(blindedPower(key, value, randomBytes), modulusLength)
        : undefined
    },
  }
}

/** (c * r^e)^d / r: the exponentiation never sees a value that whoever sent the ciphertext could choose. */
function blindedPower(
  key: RsaIntegers,
  ciphertext: bigint,
  randomBytes: (length: number) => Uint8Array,
): bigint {
  const length = bytesFromInteger(key.n).length + 8
  const factor = integerFromBytes(randomBytes(length)) % key.n
  const blinded = (ciphertext * modPow(factor, key.e, key.n)) % key.n
  return (privatePower(key, blinded) * modInverse(factor, key.n)) % key.n
}

function privatePower(key: RsaIntegers, value: bigint): bigint {
  if (!hasPrimes(key)) return modPow(value, key.d, key.n)
  const { p, q, dp, dq, qi } = key
  const [left, right] = [modPow(value, dp, p), modPow(value, dq, q)]
  const difference = ((((left - right) * qi) % p) + p) % p
  return right + difference * q
}
