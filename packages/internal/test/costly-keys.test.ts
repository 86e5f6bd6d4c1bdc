import { createCipheriv, generateKeyPairSync, pbkdf2Sync, scryptSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { derElement, derInteger, derTag } from '../src/der.ts'
import { readKey } from '../src/key-input.ts'
import { openEncryptedKey } from '../src/open-encrypted-key.ts'
import { formatPem } from '../src/pem.ts'

// Encrypted private keys as OpenSSL writes them (RFC 5208 6), with the work that opens them chosen here.

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const plain = privateKey.export({ format: 'der', type: 'pkcs8' })
const passphrase = 'correct horse'
const [salt, iv] = [Buffer.alloc(8, 1), Buffer.alloc(16, 2)]

const sequence = (...parts: readonly string[]) => derElement(derTag.sequence, ...parts)
const octets = (bytes: Uint8Array) => derElement(derTag.octetString, Buffer.from(bytes).toString('hex'))
const oid = (hex: string) => derElement(derTag.objectIdentifier, hex)

/** An algorithm's identifier with a salt and numbers. */
const derivation = (algorithm: string, numbers: readonly bigint[], ...others: readonly string[]) =>
  sequence(oid(algorithm), sequence(octets(salt), ...numbers.map(derInteger), ...others))

const pbkdf2 = (...numbers: readonly bigint[]) =>
  derivation('2a864886f70d01050c', numbers, sequence(oid('2a864886f70d0209'), '0500'))
const scrypt = (...numbers: readonly bigint[]) => derivation('2b06010401da47040b', numbers)
const pkcs12 = (...numbers: readonly bigint[]) => derivation('2a864886f70d010c0103', numbers)

/** PBES2 with AES-256-CBC (RFC 8018 6.2). */
const pbes2 = (kdf: string) =>
  sequence(oid('2a864886f70d01050d'), sequence(kdf, sequence(oid('60864801650304012a'), octets(iv))))

function encrypted(scheme: string, key = Buffer.alloc(32)): Uint8Array {
  const cipher = createCipheriv('aes-256-cbc', key, iv)
  const contents = Buffer.concat([cipher.update(plain), cipher.final()])
  return Uint8Array.from(Buffer.from(sequence(scheme, octets(contents)), 'hex'))
}

const read = (key: string | Uint8Array) => readKey(key, { purpose: 'sign', passphrase, openEncryptedKey })

describe('an encrypted key that asks for endless work', () => {
  it.each([
    ['PBKDF2 of 10,000,001 rounds', pbes2(pbkdf2(10_000_001n))],
    ['PBKDF2 of 2^62 rounds, with a length', pbes2(pbkdf2(2n ** 62n, 32n))],
    ['scrypt of 2^14, 8, 33', pbes2(scrypt(2n ** 14n, 8n, 33n))],
    ['scrypt of 2^14, 8, 2^40, with a length', pbes2(scrypt(2n ** 14n, 8n, 2n ** 40n, 32n))],
    ['the older scheme of PKCS#12 of 10,000,001 rounds', pkcs12(10_000_001n)],
  ])('is not opened: %s', (_name, scheme) => {
    const der = encrypted(scheme)
    const base64 = Buffer.from(der).toString('base64')
    for (const form of [der, formatPem('ENCRYPTED PRIVATE KEY', base64), formatPem('PRIVATE KEY', base64)]) {
      expect(read(form)).toMatchObject({
        fault: 'unsupported',
        message: expect.stringMatching(/takes too long to decrypt.*openssl pkcs8 -topk8/),
      })
    }
  })

  it('is told from one that asks for much', () => {
    const rounds = pbkdf2Sync(passphrase, salt, 1_000_000, 32, 'sha256')
    const blocks = scryptSync(passphrase, salt, 32, { N: 2 ** 14, r: 8, p: 2 })
    expect(read(encrypted(pbes2(pbkdf2(1_000_000n)), rounds))).toMatchObject({ ok: true })
    expect(read(encrypted(pbes2(scrypt(2n ** 14n, 8n, 2n)), blocks))).toMatchObject({ ok: true })
    expect(read(encrypted(pkcs12(2048n)))).toMatchObject({ fault: 'passphrase' })
  })
})
