import { encode } from 'jose/base64url'
import { asciiJson } from './ascii-json.ts'
import { encodeUtf8 } from './host.ts'
import type { SigningAlgorithm } from './signing-algorithm.ts'
import { SigningKey } from './signing-key.ts'
import type { SsoJwtWarning } from './warning.ts'

type Sign = (signingInput: Uint8Array) => Promise<Uint8Array>

/** A signing key around a raw signing operation. */
export function signingKeyOf(
  alg: SigningAlgorithm,
  warnings: readonly SsoJwtWarning[],
  sign: Sign,
): SigningKey {
  const signJwt = (claims: object, kid: string): Promise<string> =>
    signCompact(asciiJson({ alg, typ: 'JWT', kid }), asciiJson(claims), sign)
  return new SigningKey(alg, warnings, { sign, signJwt })
}

/** Compact serialization (RFC 7515 7.1) of a header and payload, both JSON in ASCII. */
export async function signCompact(header: string, payload: string, sign: Sign): Promise<string> {
  const signingInput = `${encode(header)}.${encode(payload)}`
  return `${signingInput}.${encode(await sign(encodeUtf8(signingInput)))}`
}
