import type { KeyObject } from 'node:crypto'
import { decryptAccessTokenSecret, type SecretBytes } from '@ibkr-auth/dh-live-session-token'
import type { Cause, Findings } from './finding.ts'

/** Decrypts the access token secret, or says which of the possible mistakes keeps it shut. */
export function examineAccessTokenSecret(
  findings: Findings,
  secret: string,
  encryption: KeyObject,
  signature: KeyObject | undefined,
): SecretBytes | undefined {
  const [step, title] = ['access-token-secret', 'access token secret']
  try {
    const opened = decryptAccessTokenSecret(secret, encryption)
    findings.ok(step, title, 'opens with the encryption key')
    return opened
  } catch (error) {
    const swapped = signature !== undefined && opens(secret, signature)
    findings.fail(step, title, swapped ? swappedKeys : causeOf(error as Error & { code?: string }))
    return undefined
  }
}

function opens(secret: string, key: KeyObject): boolean {
  try {
    decryptAccessTokenSecret(secret, key).dispose()
    return true
  } catch {
    return false
  }
}

const swappedKeys: Cause = {
  cause: 'the secret opens with the signature key: the two keys are swapped',
  remedy:
    'swap signatureKeyFile and encryptionKeyFile; if the portal has them swapped, upload both again, each in its field',
}

function causeOf(error: Error & { code?: string }): Cause {
  if (error.code === 'ERR_LST_SECRET_DECRYPTION' || error.code === 'ERR_LST_SECRET_OUT_OF_RANGE') {
    return {
      cause:
        'the encryption key does not open the secret: it is of another key, or was damaged when it was copied',
      remedy:
        'copy the secret again; if that does not help, generate token and secret anew in the portal and use both',
    }
  }
  return {
    cause: error.message,
    remedy: 'copy the access token secret again, whole, as the portal shows it (base64)',
  }
}
