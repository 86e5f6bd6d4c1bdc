import type { KeyObject } from 'node:crypto'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { checkDhParams, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { readKey } from '@ibkr-auth/internal/key-input'
import { keyObjectOf } from '@ibkr-auth/internal/key-object'
import type { KeyPurpose } from '@ibkr-auth/internal/key-reading'
import { openEncryptedKey } from '@ibkr-auth/internal/open-encrypted-key'
import { dhParamsFile, type KeyPairName, keyFiles } from './key-files.ts'
import { fingerprintOf } from './key-pair.ts'

/** What was found about one file or pair of a folder. */
export interface KeyCheck {
  readonly subject: string
  readonly ok: boolean
  /** One sentence: what it is, or what is wrong and what to do. */
  readonly message: string
}

/** Bits that IBKR asks for. */
const bitsOf: Readonly<Record<KeyPairName, readonly number[]>> = {
  signature: [2048],
  encryption: [2048],
  oauth2: [3072, 4096],
}

/** Looks at each key file of a folder: readable, of the right kind and size, a pair, for its owner alone. */
export function checkKeys(directory: string, passphrase: string | undefined): readonly KeyCheck[] {
  const pairs = (Object.keys(keyFiles) as KeyPairName[]).flatMap((name) =>
    checkPair(directory, name, passphrase),
  )
  const dh = existsSync(join(directory, dhParamsFile)) ? [checkDhFile(directory)] : []
  const checks = [...pairs, ...dh]
  if (checks.length > 0) return checks
  return [{ subject: directory, ok: false, message: 'has no key files: make some with "ibkr-auth keygen".' }]
}

function checkPair(
  directory: string,
  name: KeyPairName,
  passphrase: string | undefined,
): readonly KeyCheck[] {
  const files = keyFiles[name]
  const there = Object.values(files).filter((file) => existsSync(join(directory, file)))
  if (there.length === 0) return []
  const privateHalf = readHalf(directory, files.private, 'sign', passphrase)
  const publicHalf = readHalf(directory, files.public, 'verify', undefined)
  const checks = [privateHalf, publicHalf].flatMap((half) => half.check)
  const keys = [privateHalf.key, publicHalf.key]
  if (keys[0] === undefined || keys[1] === undefined) return checks
  const [one, other] = [fingerprintOf(keys[0]), fingerprintOf(keys[1])]
  const bits = keys[0].asymmetricKeyDetails?.modulusLength ?? 0
  return [...checks, pairCheck(name, one === other, one), sizeCheck(name, bits)]
}

function pairCheck(name: KeyPairName, fits: boolean, fingerprint: string): KeyCheck {
  const message = fits
    ? `is a pair; the public key's fingerprint is ${fingerprint}.`
    : 'is no pair: the two files are of different keys. Write the public one anew with "openssl pkey -in PRIVATE -pubout".'
  return { subject: `${name} pair`, ok: fits, message }
}

function sizeCheck(name: KeyPairName, bits: number): KeyCheck {
  const ok = bitsOf[name].includes(bits)
  const wanted = bitsOf[name].join(' or ')
  return {
    subject: `${name} size`,
    ok,
    message: ok ? `is ${bits} bits.` : `is ${bits} bits; IBKR asks for ${wanted}.`,
  }
}

interface Half {
  readonly key?: KeyObject | undefined
  readonly check: readonly KeyCheck[]
}

function readHalf(
  directory: string,
  subject: string,
  purpose: KeyPurpose,
  passphrase: string | undefined,
): Half {
  const path = join(directory, subject)
  if (!existsSync(path)) {
    const remedy =
      purpose === 'verify' ? 'write it with "openssl pkey -in PRIVATE -pubout".' : 'nothing can replace it.'
    return { check: [{ subject, ok: false, message: `is missing: ${remedy}` }] }
  }
  const reading = readKey(readFileSync(path), { purpose, passphrase, openEncryptedKey })
  if (!reading.ok) return { check: [{ subject, ok: false, message: `${reading.message}.` }] }
  return { key: keyObjectOf(reading.key), check: purpose === 'sign' ? modeCheck(path, subject) : [] }
}

/** Windows has no such modes. */
function modeCheck(path: string, subject: string): readonly KeyCheck[] {
  const others = statSync(path).mode & 0o077
  if (process.platform === 'win32' || others === 0) return []
  return [{ subject, ok: false, message: `can be read by others: chmod 600 ${subject}.` }]
}

function checkDhFile(directory: string): KeyCheck {
  const subject = dhParamsFile
  try {
    const params = parseDhParams(readFileSync(join(directory, subject), 'utf8'))
    const { ok, problems, primeBits } = checkDhParams(params)
    return ok
      ? { subject, ok, message: `holds a safe prime of ${primeBits} bits.` }
      : {
          subject,
          ok,
          message: `is weak or damaged (${problems.join(', ')}): make new ones and register them.`,
        }
  } catch (error) {
    return { subject, ok: false, message: `${(error as Error).message}` }
  }
}
