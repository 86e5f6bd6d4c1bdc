import type { KeyObject } from 'node:crypto'
import { checkDhParams, type DhParams, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { readKey } from '@ibkr-auth/internal/key-input'
import { keyObjectOf } from '@ibkr-auth/internal/key-object'
import { openEncryptedKey } from '@ibkr-auth/internal/open-encrypted-key'
import { fingerprintOf } from '../keygen/key-pair.ts'
import type { DhParamsSetting } from '../profile/client-settings.ts'
import type { Findings } from './finding.ts'

/** Reads a private key and says what it is, or what is wrong with it. */
export function examineKey(
  findings: Findings,
  name: string,
  text: string,
  passphrase: string | undefined,
  bits: readonly number[],
): KeyObject | undefined {
  const [step, title] = [`${name}-key`, `${name} key`]
  const reading = readKey(text, { purpose: 'sign', passphrase, openEncryptedKey })
  if (!reading.ok) {
    findings.fail(step, title, {
      cause: `the ${name} key ${reading.message}`,
      remedy: keyRemedy(name, reading.fault),
    })
    return undefined
  }
  const key = keyObjectOf(reading.key)
  const size = key?.asymmetricKeyDetails?.modulusLength
  if (key === undefined || key.asymmetricKeyType !== 'rsa' || size === undefined) {
    findings.fail(step, title, {
      cause: `the ${name} key is no RSA key`,
      remedy: 'make one with "ibkr-auth keygen" and register it',
    })
    return undefined
  }
  if (bits.includes(size))
    findings.ok(step, title, `RSA, ${size} bits; public key's SHA-256 ${fingerprintOf(key)}`)
  else {
    const cause = `the ${name} key has ${size} bits; IBKR asks for ${bits.join(' or ')}`
    findings.fail(step, title, { cause, remedy: 'make a new one with "ibkr-auth keygen" and register it' })
  }
  return key
}

function keyRemedy(name: string, fault: string): string {
  if (fault === 'encrypted' || fault === 'passphrase')
    return 'set keyPassphrase (IBKR_KEY_PASSPHRASE) to its passphrase'
  if (fault === 'wrong-half') return `name the file that holds the private ${name} key: private_${name}.pem`
  return `copy the file again, whole, or write the key into ${name}KeyFile anew`
}

/** Two different keys are registered: one that signs, one that decrypts. */
export function examineDifference(findings: Findings, signature: KeyObject, encryption: KeyObject): void {
  const [step, title] = ['key-difference', 'two different keys']
  if (fingerprintOf(signature) !== fingerprintOf(encryption)) {
    findings.ok(
      step,
      title,
      'signature and encryption key differ; both fingerprints must be those of the files you uploaded',
    )
    return
  }
  const cause = 'signature key and encryption key are the same key'
  findings.fail(step, title, {
    cause,
    remedy: 'name private_signature.pem and private_encryption.pem, each in its place',
  })
}

/** Reads the Diffie-Hellman parameters and judges them. */
export function examineDhParams(findings: Findings, setting: DhParamsSetting): DhParams | undefined {
  const [step, title] = ['dh-params', 'Diffie-Hellman parameters']
  const remedy = 'use the file that you uploaded (dhparam.pem), or its prime in hexadecimal'
  try {
    const params = parseDhParams(setting)
    const { ok, problems, primeBits } = checkDhParams(params)
    if (ok) findings.ok(step, title, `prime of ${primeBits} bits, safe; generator ${params.generator}`)
    else
      findings.fail(step, title, {
        cause: `the parameters are weak or damaged: ${problems.join(', ')}`,
        remedy,
      })
    return params
  } catch (error) {
    findings.fail(step, title, { cause: (error as Error).message, remedy })
    return undefined
  }
}
