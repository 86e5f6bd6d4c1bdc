import { base64urlFromBytes, isBytes, utf8Bytes } from '@ibkr-auth/internal/bytes'
import { checkText } from '../checks.ts'
import { invalidInput, type SsoJwtWarning } from '../errors.ts'
import type { SigningAlgorithm } from './algorithms.ts'
import { asciiJson } from './ascii-json.ts'

/** A raw signature of a JWS signing input. */
export type Sign = (signingInput: Uint8Array) => Promise<Uint8Array>

/**
 * A key ready to sign, made once by `importSigningKey` and used for every request. It prints as its algorithm and
 * warnings, never as key material.
 */
export class SigningKey {
  readonly alg: SigningAlgorithm
  /** `WARN_SSO_JWT_SMALL_KEY` for an RSA key under 3072 bits; empty when nothing is odd. */
  readonly warnings: readonly SsoJwtWarning[]
  readonly #sign: Sign

  constructor(alg: SigningAlgorithm, warnings: readonly SsoJwtWarning[], sign: Sign) {
    this.alg = alg
    this.warnings = warnings
    this.#sign = sign
  }

  /** @internal True for keys of this class, which a proxy of one is not. */
  static isOne(value: unknown): value is SigningKey {
    return typeof value === 'object' && value !== null && #sign in value
  }

  /**
   * Signs a JWS signing input (RFC 7515 5.1), ASCII bytes.
   *
   * @returns Raw signature: modulus length for RSA, 64 bytes for ES256.
   * @throws {SsoJwtError} `ERR_SSO_JWT_SIGNING_FAILED`, `ERR_SSO_JWT_INVALID_INPUT`
   */
  async sign(signingInput: Uint8Array): Promise<Uint8Array> {
    if (!isBytes(signingInput)) throw invalidInput('signingInput must be bytes')
    return this.#sign(signingInput)
  }

  /**
   * Signs claims as a compact JWS (RFC 7515 7.1): header `alg`, `typ` `JWT` and `kid`, everything in ASCII.
   *
   * @throws {SsoJwtError} `ERR_SSO_JWT_SIGNING_FAILED`, `ERR_SSO_JWT_INVALID_INPUT` for claims that JSON would lose a
   *   part of.
   */
  async signJwt(claims: object, keyId: string): Promise<string> {
    const header = asciiJson({ alg: this.alg, typ: 'JWT', kid: checkText(keyId, 'keyId') }, 'keyId')
    if (typeof claims !== 'object' || claims === null) throw invalidInput('claims must be an object')
    return signCompact(header, asciiJson(claims, 'claims'), this.#sign)
  }
}

/** Refuses anything but what `importSigningKey` gave. */
export function checkSigningKey(key: unknown, argument = 'signingKey'): SigningKey {
  if (SigningKey.isOne(key)) return key
  throw invalidInput(`${argument} must come from importSigningKey() (await it)`)
}

/** Compact serialization (RFC 7515 7.1) of a header and payload, both JSON in ASCII. */
export async function signCompact(header: string, payload: string, sign: Sign): Promise<string> {
  const signingInput = `${base64url(header)}.${base64url(payload)}`
  return `${signingInput}.${base64urlFromBytes(await sign(utf8Bytes(signingInput)))}`
}

function base64url(text: string): string {
  return base64urlFromBytes(utf8Bytes(text))
}
