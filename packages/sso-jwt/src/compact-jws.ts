import { encode } from 'jose/base64url'
import { asciiJson } from './ascii-json.ts'
import { encodeUtf8 } from './host.ts'
import { checkSigningKey, type SigningKey } from './signing-key.ts'

/** Signs claims as a compact JWS (RFC 7515 7.1), header and payload in ASCII. */
export async function signCompact(claims: object, keyId: string, signingKey: SigningKey): Promise<string> {
  const key = checkSigningKey(signingKey)
  const header = asciiJson({ alg: key.alg, typ: 'JWT', kid: keyId })
  const signingInput = `${encode(header)}.${encode(asciiJson(claims))}`
  const signature = await key.sign(encodeUtf8(signingInput))
  return `${signingInput}.${encode(signature)}`
}
