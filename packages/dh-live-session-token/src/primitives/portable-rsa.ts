import { bytesFromInteger, integerFromBytes } from '@ibkr-auth/internal/integers'
import { hasPrimes, type RsaPrivateNumbers } from '@ibkr-auth/internal/rsa-numbers'
import { modInverse, modPow } from './big-integers.ts'
import type { RsaPrivateKey } from './contract.ts'

/** An RSA private key over BigInt: blinded, by the Chinese remainder theorem where the primes are known. */
export function createPortableRsaPrivateKey(
  key: RsaPrivateNumbers,
  randomBytes: (length: number) => Uint8Array,
): RsaPrivateKey {
  const modulus = bytesFromInteger(key.n)
  return {
    modulus,
    decryptRaw(ciphertext) {
      const power = blindedPower(key, integerFromBytes(ciphertext), randomBytes)
      return power === undefined ? undefined : bytesFromInteger(power, modulus.length)
    },
  }
}

/** (c * r^e)^d / r: the exponentiation never sees a value that whoever sent the ciphertext could choose. */
function blindedPower(
  key: RsaPrivateNumbers,
  ciphertext: bigint,
  randomBytes: (length: number) => Uint8Array,
): bigint | undefined {
  const length = bytesFromInteger(key.n).length + 8
  const factor = integerFromBytes(randomBytes(length)) % key.n
  const blinded = (ciphertext * modPow(factor, key.e, key.n)) % key.n
  const power = checkedPower(key, blinded)
  return power === undefined ? undefined : (power * modInverse(factor, key.n)) % key.n
}

/**
 * As OpenSSL does it: a result of the Chinese remainder theorem that is wrong would give a factor of the modulus
 * away, so it is checked, and done again without the primes if it is.
 */
function checkedPower(key: RsaPrivateNumbers, value: bigint): bigint | undefined {
  const isRight = (power: bigint): boolean => modPow(power, key.e, key.n) === value
  const quick = hasPrimes(key) ? crtPower(key, value) : undefined
  if (quick !== undefined && isRight(quick)) return quick
  const slow = modPow(value, key.d, key.n)
  return isRight(slow) ? slow : undefined
}

function crtPower({ p, q, dp, dq, qi }: Extract<RsaPrivateNumbers, { p: bigint }>, value: bigint): bigint {
  const [left, right] = [modPow(value, dp, p), modPow(value, dq, q)]
  const difference = ((((left - right) * qi) % p) + p) % p
  return right + difference * q
}
