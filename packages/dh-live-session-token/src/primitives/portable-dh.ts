import { bytesFromInteger, integerFromBytes } from '@ibkr-auth/internal/integers'
import { modPow } from './big-integers.ts'
import type { DhKey } from './contract.ts'

/** A Diffie-Hellman key over BigInt. */
export function createPortableDhKey(prime: bigint, generator: bigint, exponentBytes: Uint8Array): DhKey {
  const exponent = integerFromBytes(exponentBytes)
  const agree = (other: bigint): Uint8Array | undefined => {
    const shared = modPow(other, exponent, prime)
    return shared <= 1n || shared === prime - 1n ? undefined : bytesFromInteger(shared)
  }
  return {
    publicInteger: modPow(generator, exponent, prime),
    agree,
    agreeAsync: async (other) => agree(other),
  }
}
