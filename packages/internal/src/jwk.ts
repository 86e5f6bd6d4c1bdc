import type { JsonWebKeyLike } from './key-forms.ts'
import { fault, type KeyMaterial, type KeyPurpose, type UnusableKey } from './key-reading.ts'
import { rsaNumberNames, rsaNumbersFromJwk } from './rsa-numbers.ts'

/** Members that make a key (RFC 7518 6.2, 6.3). */
const members = {
  RSA: { public: ['n', 'e'], private: rsaNumberNames },
  EC: { public: ['crv', 'x', 'y'], private: ['crv', 'x', 'y', 'd'] },
} as const

/** Characters: half as many again as a number of 16,384 bits has, the longest that is read. */
const longestMember = 4096

/**
 * Reads a JSON Web Key (RFC 7517), if what it says of its use allows this purpose (4.2, 4.3). What comes out holds the
 * members of the key itself and its `alg`.
 */
export function readJwk(jwk: JsonWebKeyLike, purpose: KeyPurpose): KeyMaterial | UnusableKey {
  const { kty, d, oth } = jwk
  if (kty !== 'RSA' && kty !== 'EC') return fault('unsupported', 'is a JWK of a kty other than RSA and EC')
  if (oth !== undefined) return fault('unsupported', 'is a JWK of more than two primes ("oth")')
  if (!allows(jwk, purpose))
    return fault('wrong-purpose', `is a JWK whose "use" or "key_ops" do not allow it to ${purpose}`)
  const half = d === undefined ? 'public' : 'private'
  const told = [...members[kty][half], 'alg' as const]
    .map((name) => [name, jwk[name]] as const)
    .filter(([, value]) => value !== undefined)
  if (told.some(([, value]) => typeof value !== 'string' || value.length > longestMember))
    return fault('damaged', 'is a JWK with a member that is no text, or longer than any key')
  const plain = Object.fromEntries(told)
  const common = { form: 'jwk', half, jwk: { kty, ...plain } } as const
  return kty === 'EC'
    ? { ...common, algorithm: 'ec' }
    : { ...common, algorithm: 'rsa', numbers: rsaNumbersFromJwk(plain) }
}

function allows({ use, key_ops: operations }: JsonWebKeyLike, purpose: KeyPurpose): boolean {
  const signature = purpose === 'sign' || purpose === 'verify'
  if (use !== undefined && use !== (signature ? 'sig' : 'enc')) return false
  return operations === undefined || (Array.isArray(operations) && operations.includes(purpose))
}
