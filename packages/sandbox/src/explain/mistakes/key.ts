import type { MistakeName } from '../names.ts'
import type { Mistake, MistakenKey } from '../types.ts'

export const wrongKey: Mistake = {
  name: 'wrong-key',
  summary: 'The request was signed with the encryption key.',
  remedy: 'Sign with the signing key; the encryption key only decrypts the access token secret.',
  variants: (plan, { knowledge }) =>
    knowledge.kind === 'rsa-sha256'
      ? [{ plan: { ...plan, proof: { kind: 'rsa-sha256', publicKey: knowledge.encryptionKey } } }]
      : [],
}

/** A mistake whose keys the sandbox derives from what it knows of the Diffie-Hellman exchange. */
function mistakenKey(name: MistakeName, summary: string, remedy: string): Mistake {
  return {
    name,
    summary,
    remedy,
    variants: (plan, { knowledge }) => {
      if (knowledge.kind !== 'hmac-sha256') return []
      const keys = knowledge.mistakenKeys().filter((key: MistakenKey) => key.mistake === name)
      return keys.map(({ key, detail }) => ({
        plan: { ...plan, proof: { kind: 'hmac-sha256', key } },
        detail,
      }))
    },
  }
}

export const lstAsText: Mistake = mistakenKey(
  'lst-as-text',
  'The HMAC key is the live session token written as text.',
  'Decode the live session token: the key is its 20 bytes.',
)

export const lstWithAmpersand: Mistake = mistakenKey(
  'lst-with-ampersand',
  'The HMAC key has the form "consumer secret & token secret" of RFC 5849 3.4.2.',
  'Use the 20 bytes of the live session token alone as the key.',
)

export const leadingZeroByte: Mistake = mistakenKey(
  'leading-zero-byte',
  'The live session token was derived from a K with a leading zero byte too few or too many.',
  "Encode K as Java's BigInteger.toByteArray() does: one 00 byte leads exactly when its bit length is a multiple of 8.",
)

export const secretAsText: Mistake = mistakenKey(
  'secret-as-text',
  'The live session token was derived from the access token secret as text.',
  'HMAC-SHA1 takes the decrypted secret as bytes, not as hex or base64.',
)

export const lstReplaced: Mistake = mistakenKey(
  'lst-replaced',
  'The request was signed with a live session token that is no longer in force.',
  'Sign with the newest live session token; ask for another one if it was lost.',
)
