import { execFile } from 'node:child_process'
import { createPrivateKey, createPublicKey } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkDhParams, formatDhParams, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { afterAll, describe, expect, it } from 'vitest'
import { checkKeys } from '../src/keygen/check-keys.ts'
import { makeKeys } from '../src/keygen/make-keys.ts'
import { findSafePrime } from '../src/keygen/safe-prime.ts'
import { SmallPrimeSieve } from '../src/keygen/sieve.ts'

const run = promisify(execFile)
const root = mkdtempSync(join(tmpdir(), 'ibkr-keygen-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let folders = 0
function folder(): string {
  folders += 1
  return join(root, String(folders))
}

const never = new AbortController().signal
const small = { bits: 1024, group: 'modp14', signal: never } as const
const oauth1Files = [
  'dhparam.pem',
  'private_encryption.pem',
  'private_signature.pem',
  'public_encryption.pem',
  'public_signature.pem',
]

describe('a safe prime', () => {
  it.each([64, 96, 128, 192, 256])(
    'of %i bits has exactly as many, and 2 as a generator of the subgroup',
    async (bits) => {
      const prime = await findSafePrime({ bits, signal: never })
      const report = checkDhParams({ prime, generator: 2n })
      expect(report.problems.filter((problem) => problem !== 'prime-size')).toEqual([])
      expect(report.primeBits).toBe(bits)
      expect(prime % 24n).toBe(23n)
      expect(parseDhParams(formatDhParams({ prime, generator: 2n })).prime).toBe(prime)
    },
  )

  it('is looked for until somebody interrupts', async () => {
    const controller = new AbortController()
    const search = findSafePrime({
      bits: 4096,
      signal: controller.signal,
      onProgress: ({ tested, expected }) => {
        expect(expected).toBeGreaterThan(tested / 1000)
        controller.abort(new Error('enough'))
      },
    })
    await expect(search).rejects.toThrow('enough')
  })
})

describe('the sieve', () => {
  it('leaves exactly the candidates without a small factor', () => {
    const start = (3n << 60n) - ((3n << 60n) % 12n) + 11n
    const left = new SmallPrimeSieve(start, 64).take(50)
    const hasSmallFactor = (number: bigint) => {
      for (let factor = 3n; factor < 65_536n; factor += 2n) if (number % factor === 0n) return true
      return false
    }
    const all = Array.from(
      { length: Number((left[9]! - start) / 12n) + 1 },
      (_, index) => start + 12n * BigInt(index),
    )
    const expected = all.filter((q) => !hasSmallFactor(q) && !hasSmallFactor(2n * q + 1n))
    expect(left.slice(0, 10)).toEqual(expected)
  })

  it('ends where candidates would be too long', () => {
    const end = 1n << 63n
    const start = end - 240n - ((end - 240n) % 12n) + 11n
    expect(new SmallPrimeSieve(start, 64).take(1000).every((q) => q < end)).toBe(true)
  })
})

describe('makeKeys', () => {
  it('writes what openssl reads, for its owner alone', async () => {
    const directory = folder()
    const made = await makeKeys({ ...small, directory })
    expect(readdirSync(directory).sort()).toEqual(oauth1Files)
    if (process.platform !== 'win32') {
      expect(statSync(directory).mode & 0o777).toBe(0o700)
      expect(statSync(join(directory, 'private_signature.pem')).mode & 0o777).toBe(0o600)
    }
    const { stdout } = await run('openssl', [
      'pkey',
      '-in',
      join(directory, 'private_signature.pem'),
      '-pubout',
    ])
    expect(stdout).toBe(readFileSync(join(directory, 'public_signature.pem'), 'utf8'))
    const dh = await run('openssl', ['dhparam', '-in', join(directory, 'dhparam.pem'), '-check', '-noout'])
    expect(dh.stdout + dh.stderr).toMatch(/ok/i)
    expect(made.fingerprints.signature).toMatch(/^(?:[\da-f]{2}:){31}[\da-f]{2}$/)
    expect(made.fingerprints.encryption).not.toBe(made.fingerprints.signature)
  })

  it('encrypts private keys where there is a passphrase', async () => {
    const directory = folder()
    await makeKeys({ ...small, directory, passphrase: 'correct horse' })
    const pem = readFileSync(join(directory, 'private_encryption.pem'), 'utf8')
    expect(pem).toContain('BEGIN ENCRYPTED PRIVATE KEY')
    const opened = createPublicKey(createPrivateKey({ key: pem, passphrase: 'correct horse' }))
    expect(opened.export({ type: 'spki', format: 'pem' })).toBe(
      readFileSync(join(directory, 'public_encryption.pem'), 'utf8'),
    )
  })

  it('overwrites nothing and leaves nothing half-written', async () => {
    const directory = folder()
    mkdirSync(directory)
    writeFileSync(join(directory, 'public_encryption.pem'), 'mine')
    await expect(makeKeys({ ...small, directory })).rejects.toMatchObject({
      code: 'ERR_CLI_FILE_EXISTS',
      message: expect.stringContaining('public_encryption.pem'),
    })
    expect(readdirSync(directory)).toEqual(['public_encryption.pem'])
    expect(readFileSync(join(directory, 'public_encryption.pem'), 'utf8')).toBe('mine')
  })

  it('adds to a folder that has other files', async () => {
    const directory = folder()
    mkdirSync(directory)
    writeFileSync(join(directory, 'credentials.json'), '{}')
    await makeKeys({ ...small, directory })
    expect(readdirSync(directory).sort()).toEqual(['credentials.json', ...oauth1Files])
  })

  it('leaves no trace of an interrupted search', async () => {
    const directory = folder()
    const controller = new AbortController()
    const making = makeKeys({
      directory,
      bits: 2048,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('Ctrl-C')),
    })
    await expect(making).rejects.toThrow('Ctrl-C')
    expect(readdirSync(root).filter((name) => name.includes(directory.slice(root.length + 1)))).toEqual([])
  })

  it('makes the institutional key by itself', async () => {
    const directory = folder()
    const made = await makeKeys({ directory, oauth2Bits: 3072, signal: never })
    expect(made.files).toEqual(['oauth2_private.pem', 'oauth2_public.pem'])
    expect(checkKeys(directory, undefined)).toMatchObject([
      { ok: true },
      { ok: true, message: 'is 3072 bits.' },
    ])
  })
})

describe('checkKeys', () => {
  const problems = (directory: string, passphrase?: string) =>
    checkKeys(directory, passphrase)
      .filter(({ ok }) => !ok)
      .map(({ subject, message }) => `${subject} ${message}`)

  it('says what is wrong with a folder', async () => {
    const directory = folder()
    await makeKeys({ ...small, directory })
    const path = (name: string) => join(directory, name)
    expect(problems(directory)).toEqual([
      'signature size is 1024 bits; IBKR asks for 2048.',
      'encryption size is 1024 bits; IBKR asks for 2048.',
    ])
    writeFileSync(path('public_signature.pem'), readFileSync(path('public_encryption.pem')))
    writeFileSync(path('private_encryption.pem'), 'nothing')
    writeFileSync(path('dhparam.pem'), formatDhParams({ prime: 1_000_000_007n, generator: 2n }))
    const found = problems(directory).join('\n')
    expect(found).toContain('signature pair is no pair')
    expect(found).toContain('private_encryption.pem is no PEM, DER or JWK')
    expect(found).toContain('dhparam.pem is weak or damaged (prime-size')
    rmSync(path('public_encryption.pem'))
    expect(problems(directory).join('\n')).toContain('public_encryption.pem is missing')
  })

  it('tells an encrypted key from a wrong passphrase', async () => {
    const directory = folder()
    await makeKeys({ ...small, directory, passphrase: 'right' })
    expect(problems(directory).join('\n')).toContain('is encrypted: give its passphrase')
    expect(problems(directory, 'wrong').join('\n')).toContain('the passphrase is wrong')
    expect(problems(directory, 'right').every((line) => line.includes('size'))).toBe(true)
  })

  it.runIf(process.platform !== 'win32')('tells of keys that others can read', async () => {
    const directory = folder()
    await makeKeys({ ...small, directory })
    await run('chmod', ['644', join(directory, 'private_signature.pem')])
    expect(problems(directory).join('\n')).toContain('chmod 600 private_signature.pem')
  })

  it('tells an empty folder', () => {
    expect(problems(root)).toEqual([`${root} has no key files: make some with "ibkr-auth keygen".`])
  })
})
