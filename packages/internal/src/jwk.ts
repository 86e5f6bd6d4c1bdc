import type { JsonWebKeyLike } from './key-forms.ts'
import { fault, isPrivate, type KeyPurpose, type KeyReading, wrongHalf } from './key-reading.ts'
import { rsaNumberNames, rsaNumbersFromJwk } from './rsa-numbers.ts'
import { rsaNumbersFault } from './rsa-soundness.ts'

/** Members that make a key (RFC 7518 6.2, 6.3), and how many of them are its public half. */
const members = {
  RSA: { names: rsaNumberNames, ofPublic: 2 },
  EC: { names: ['crv', 'x', 'y', 'd'], ofPublic: 3 },
} as const

/** Characters: half as many again as a number of 16,384 bits has, the longest that is read. */
const longestMember = 4096

/**
 * Reads a JSON Web Key (RFC 7517): its half, what it says it may be used for (4.2, 4.3), and, for RSA, whether its
 * numbers belong together. What comes out holds the members of the key itself and its `alg`.
 */
export function readJwk(jwk: JsonWebKeyLike, purpose: KeyPurpose): KeyReading {
  const { kty, d, oth } = jwk
  if (kty !== 'RSA' && kty !== 'EC') return fault('unsupported', 'is a JWK of a kty other than RSA and EC')
  const wantPrivate = isPrivate(purpose)
  if ((d !== undefined) !== wantPrivate)
    return wrongHalf(`a JWK with${wantPrivate ? 'out' : ''} the member "d"`, purpose)
  if (oth !== undefined) return fault('unsupported', 'is a JWK of more than two primes ("oth")')
  if (!allows(jwk, purpose))
    return fault('wrong-purpose', `is a JWK whose "use" or "key_ops" do not allow it to ${purpose}`)
  const { names, ofPublic } = members[kty]
  const told = [...(wantPrivate ? names : names.slice(0, ofPublic)), 'alg' as const]
    .map((name) => [name, jwk[name]] as const)
    .filter(([, value]) => value !== undefined)
  if (told.some(([, value]) => typeof value !== 'string' || value.length > longestMember))
    return fault('damaged', 'is a JWK with a member that is no text, or longer than any key')
  const plain: JsonWebKeyLike = { kty, ...Object.fromEntries(told) }
  if (kty === 'EC') return { ok: true, key: { form: 'jwk', algorithm: 'ec', jwk: plain } }
  const numbers = rsaNumbersFromJwk({ ...plain })
  const unusable = rsaNumbersFault(numbers, purpose)
  return unusable ?? { ok: true, key: { form: 'jwk', algorithm: 'rsa', jwk: plain, numbers } }
}

function allows({ use, key_ops: operations }: JsonWebKeyLike, purpose: KeyPurpose): boolean {
  const signature = purpose === 'sign' || purpose === 'verify'
  if (use !== undefined && use !== (signature ? 'sig' : 'enc')) return false
  return operations === undefined || (Array.isArray(operations) && operations.includes(purpose))
}
