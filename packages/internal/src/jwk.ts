import type { JsonWebKeyLike } from './key-forms.ts'
import { fault, isPrivate, type KeyPurpose, type KeyReading } from './key-reading.ts'
import { privateNumbersFault, publicNumbersFault, rsaNumbersFromJwk } from './rsa-numbers.ts'

const members = {
  RSA: { public: ['n', 'e'], private: ['d', 'p', 'q', 'dp', 'dq', 'qi'] },
  EC: { public: ['crv', 'x', 'y'], private: ['d'] },
} as const

/** Characters: half as many again as a number of 16,384 bits has, the longest that is read. */
const longestMember = 4096

/**
 * Reads a JSON Web Key (RFC 7517): its half, what it says it may be used for (4.2, 4.3), and, for RSA, whether its
 * numbers belong together. What comes out holds the members of the key itself, its `alg` and its `kid`.
 */
export function readJwk(jwk: JsonWebKeyLike, purpose: KeyPurpose): KeyReading {
  const { kty, alg, kid } = jwk
  if (kty !== 'RSA' && kty !== 'EC') return fault('unsupported', 'is a JWK of a kty other than RSA and EC')
  const wantPrivate = isPrivate(purpose)
  if ((jwk.d !== undefined) !== wantPrivate) return wrongHalf(wantPrivate)
  if (jwk.oth !== undefined) return fault('unsupported', 'is a JWK of more than two primes ("oth")')
  if (!allows(jwk, purpose)) {
    return fault(
      'wrong-purpose',
      `is a JWK that its "use" or "key_ops" keep from what it is wanted for (${purpose})`,
    )
  }
  const names = [...members[kty].public, ...(wantPrivate ? members[kty].private : [])]
  const values = names.map((name) => [name, jwk[name]] as const).filter(([, value]) => value !== undefined)
  if (values.some(([, value]) => typeof value === 'string' && value.length > longestMember))
    return fault('damaged', 'is a JWK with a member that is longer than any key')
  if (values.some(([, value]) => typeof value !== 'string'))
    return fault('damaged', 'is a JWK with a member that is no text')
  if (kty === 'EC' && values.length < names.length) return fault('damaged', 'is a JWK without crv, x or y')
  const plain: JsonWebKeyLike = {
    kty,
    ...Object.fromEntries(values),
    ...textMember('alg', alg),
    ...textMember('kid', kid),
  }
  if (kty === 'EC') return { ok: true, key: { form: 'jwk', algorithm: 'ec', jwk: plain } }
  const numbers = rsaNumbersFromJwk({ ...plain })
  const problem = wantPrivate ? privateNumbersFault(numbers) : publicNumbersFault(numbers)
  return problem === undefined
    ? { ok: true, key: { form: 'jwk', algorithm: 'rsa', jwk: plain, numbers } }
    : fault('damaged', `is no sound RSA key: ${problem}`)
}

function wrongHalf(wantPrivate: boolean): KeyReading {
  return wantPrivate
    ? fault('wrong-half', 'is a JWK without the member "d"; the private key is wanted')
    : fault('wrong-half', 'is a JWK with the member "d"; the public key is wanted')
}

function textMember(name: 'alg' | 'kid', value: unknown): JsonWebKeyLike {
  return typeof value === 'string' ? { [name]: value } : {}
}

function allows({ use, key_ops: operations }: JsonWebKeyLike, purpose: KeyPurpose): boolean {
  const signature = purpose === 'sign' || purpose === 'verify'
  if (use !== undefined && use !== (signature ? 'sig' : 'enc')) return false
  if (operations === undefined) return true
  return Array.isArray(operations) && operations.includes(purpose)
}
