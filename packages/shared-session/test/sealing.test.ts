import { randomBytes } from 'node:crypto'
import { inspect } from 'node:util'
import { decodeProtectedHeader } from 'jose/decode/protected_header'
import { CompactEncrypt } from 'jose/jwe/compact/encrypt'
import { describe, expect, test } from 'vitest'
import { createSealer } from '../src/sealing/sealer.ts'

const place = { key: 'paper:user', revision: 7 }
const unreadable = { code: 'ERR_SHARED_SESSION_UNREADABLE' }

describe('sealing', () => {
  test('opens where it was sealed; the header binds key and revision', async () => {
    const sealer = createSealer({ seal: randomBytes(32) })
    const value = await sealer.seal('{"secret":"ü"}', place)
    expect(value).not.toContain('secret')
    expect(decodeProtectedHeader(value)).toMatchObject({
      alg: 'dir',
      enc: 'A256GCM',
      key: 'paper:user',
      revision: 7,
    })
    expect(await sealer.open(value, place)).toBe('{"secret":"ü"}')
  })

  test.each([
    ['another key', { key: 'live:user', revision: 7 }],
    ['a later revision', { key: 'paper:user', revision: 8 }],
    ['an earlier revision', { key: 'paper:user', revision: 6 }],
  ])('does not open under %s', async (_what, other) => {
    const sealer = createSealer({ seal: randomBytes(32) })
    await expect(sealer.open(await sealer.seal('{}', place), other)).rejects.toMatchObject(unreadable)
  })

  test('does not open when a byte was changed, anywhere', async () => {
    const sealer = createSealer({ seal: randomBytes(32) })
    const value = await sealer.seal('{"a":1}', place)
    for (let index = 0; index < value.length; index += 1) {
      const other = value[index] === 'A' ? 'Q' : 'A'
      if (value[index] === '.' || isSpareBit(value, index)) continue
      const altered = value.slice(0, index) + other + value.slice(index + 1)
      await expect(sealer.open(altered, place), String(index)).rejects.toMatchObject(unreadable)
    }
  })

  test('keys are replaced one after the other', async () => {
    const [old, next] = [randomBytes(32), randomBytes(32)]
    const before = createSealer({ seal: old })
    const between = createSealer({ seal: [next, old] })
    const after = createSealer({ seal: [next] })
    const value = await before.seal('{"a":1}', place)
    expect(await between.open(value, place)).toBe('{"a":1}')
    await expect(after.open(value, place)).rejects.toMatchObject(unreadable)
    expect(await after.open(await between.seal('{"b":1}', place), place)).toBe('{"b":1}')
  })

  test('a key may be bytes, hex, base64, base64url, or revealed', async () => {
    const bytes = randomBytes(32)
    const forms = [bytes, bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')]
    const value = await createSealer({ seal: bytes }).seal('{}', place)
    for (const form of [...forms, { reveal: () => bytes }, { reveal: () => bytes.toString('base64') }])
      expect(await createSealer({ seal: form }).open(value, place)).toBe('{}')
  })

  test.each([
    ['31 bytes', randomBytes(31)],
    ['a password', 'correct horse battery staple'],
    ['nothing', undefined],
    ['null', null],
    ['no keys', []],
    ['zeros', new Uint8Array(32)],
  ])('%s is no key', (_what, seal) => {
    expect(() => createSealer({ seal: seal as never })).toThrow(
      expect.objectContaining({ code: 'ERR_SHARED_SESSION_INVALID_INPUT' }),
    )
  })

  test('plain storage is had by name only, never beside a key, and never takes sealed values for its own', async () => {
    expect(() => createSealer({})).toThrow('seal')
    expect(() => createSealer({ seal: randomBytes(32), sealed: false })).toThrow('seal')
    const sealed = createSealer({ seal: randomBytes(32) })
    const plain = createSealer({ sealed: false })
    await expect(plain.open(await sealed.seal('{}', place), place)).rejects.toMatchObject(unreadable)
    await expect(sealed.open(await plain.seal('{}', place), place)).rejects.toMatchObject(unreadable)
  })

  test('no other algorithm, and no other kind of value, opens with the key', async () => {
    const key = randomBytes(32)
    const sealer = createSealer({ seal: key })
    const { kid } = decodeProtectedHeader(await sealer.seal('{}', place)) as { kid: string }
    const make = (header: Record<string, unknown>) =>
      new CompactEncrypt(Buffer.from('{}'))
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid, ...place, ...header } as never)
        .encrypt(key)
    await expect(sealer.open(await make({ typ: 'other' }), place)).rejects.toMatchObject(unreadable)
    await expect(
      sealer.open(await make({ typ: 'ibkr-auth-shared', alg: 'A256GCMKW' }), place),
    ).rejects.toMatchObject(unreadable)
    expect(await sealer.open(await make({ typ: 'ibkr-auth-shared' }), place)).toBe('{}')
  })

  test('an error tells neither key nor value', async () => {
    const key = randomBytes(32)
    const sealer = createSealer({ seal: key })
    const error = await sealer.open('not-a-value', place).catch((reason: unknown) => reason)
    expect(inspect(error, { depth: 9 })).not.toContain(key.toString('hex'))
    expect(inspect(error, { depth: 9 })).not.toContain('not-a-value')
    expect((error as Error).message).toContain('paper:user')
  })
})

/** The last character of a base64url text may hold bits that mean nothing. */
function isSpareBit(value: string, index: number): boolean {
  return index === value.length - 1 || value[index + 1] === '.'
}
