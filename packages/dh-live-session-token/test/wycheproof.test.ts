import { spawnSync } from 'node:child_process'
import { constants, generateKeyPairSync, publicEncrypt } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'

// The script that tries Wycheproof's vectors, on a file of the same form that is made here.

const script = fileURLToPath(new URL('../scripts/wycheproof.mjs', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'wycheproof-'))
afterAll(() => rmSync(folder, { recursive: true }))

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
const padding = { key: publicKey, padding: constants.RSA_PKCS1_PADDING }
const raw = { key: publicKey, padding: constants.RSA_NO_PADDING }

function vector(tcId: number, result: string, msg: string, ct: Buffer, flags: string[] = []): object {
  return { tcId, comment: `vector ${tcId}`, result, msg, ct: ct.toString('hex'), flags }
}

function run(tests: object[]): { status: number | null; output: string } {
  const group = {
    privateKeyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    privateKeyPkcs8: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('hex'),
    privateKeyJwk: privateKey.export({ format: 'jwk' }),
    tests,
  }
  writeFileSync(join(folder, 'rsa_pkcs1_1024_test.json'), JSON.stringify({ testGroups: [group] }))
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, folder], { encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

const malformed = Buffer.alloc(128, 1)
const good = [
  vector(1, 'valid', 'abcd', publicEncrypt(padding, Buffer.from('abcd', 'hex'))),
  vector(2, 'valid', '', publicEncrypt(padding, Buffer.alloc(0))),
  vector(3, 'invalid', '', publicEncrypt(raw, malformed), ['InvalidPkcs1Padding']),
  vector(4, 'invalid', '', Buffer.alloc(3), ['InvalidCiphertextFormat']),
]

test('is content with what it should be content with', () => {
  expect(run(good)).toEqual({ status: 0, output: '1 files, 24 decryptions, 0 wrong\n' })
})

test.each([
  ['another message', [vector(5, 'valid', 'ffff', publicEncrypt(padding, Buffer.from('abcd', 'hex')))]],
  [
    'an invalid one that is taken',
    [vector(6, 'invalid', '', publicEncrypt(padding, Buffer.from('abcd', 'hex')))],
  ],
  [
    'two errors of padding that differ',
    [...good, vector(7, 'invalid', '', Buffer.alloc(3), ['InvalidPkcs1Padding'])],
  ],
])('complains of %s', (_, tests) => {
  const { status, output } = run(tests)
  expect(status).toBe(1)
  expect(output).toMatch(/vector 5|vector 6|can be told apart/)
})

test('says what it needs', () => {
  expect(spawnSync(process.execPath, [script], { encoding: 'utf8' })).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('usage:'),
  })
})
