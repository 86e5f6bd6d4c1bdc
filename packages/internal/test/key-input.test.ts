import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  webcrypto,
} from 'node:crypto'
import { runInNewContext } from 'node:vm'
import { describe, expect, it, vi } from 'vitest'
import { readKey } from '../src/key-input.ts'
import { type KeyPurpose, wipeCopy } from '../src/key-reading.ts'
import { openEncryptedKey } from '../src/open-encrypted-key.ts'
import { wrapDer } from '../src/wrap-der.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
const pem = (type: 'pkcs1' | 'pkcs8') => String(privateKey.export({ format: 'pem', type }))
const der = (type: 'pkcs1' | 'pkcs8') => new Uint8Array(privateKey.export({ format: 'der', type }))
const spki = String(publicKey.export({ format: 'pem', type: 'spki' }))
const pkcs1Public = String(publicKey.export({ format: 'pem', type: 'pkcs1' }))
const bagAttributes = 'Bag Attributes\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n'
const certificate = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
const base64 = (text: string) => Buffer.from(text).toString('base64')
const otherPem = String(
  generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs8' }),
)
const ecPem = String(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'sec1' }),
)
const encryptedPem = String(
  privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'correct horse' }),
)
const encryptedDer = new Uint8Array(
  privateKey.export({ format: 'der', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'correct horse' }),
)
const revealing = <T>(value: T) => ({ reveal: () => value })

function sharedCopy(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  copy.set(bytes)
  return copy
}

function formsOf(type: 'pkcs1' | 'pkcs8'): [name: string, form: unknown][] {
  const text = pem(type)
  const forms: [name: string, form: unknown][] = [
    ['PEM', text],
    ['PEM as bytes', Buffer.from(text)],
    ['PEM as UTF-16, as PowerShell writes it', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['PEM after a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['line breaks written \\n', text.trim().replaceAll('\n', '\\n')],
    ['line breaks written \\\\n', text.trim().replaceAll('\n', '\\\\n')],
    ['line breaks written \\r\\n', text.trim().replaceAll('\n', '\\r\\n')],
    ['CRLF', text.replaceAll('\n', '\r\n')],
    ['CR', text.replaceAll('\n', '\r')],
    ['indented, with blank lines', text.replaceAll('\n', '\n\n   \t')],
    ['one line', text.replaceAll('\n', ' ')],
    ['in quotes', `"${text}"`],
    ['a certificate before it', certificate + text],
    ['a public key before it', spki + text],
    ['its own public key and certificates behind it', text + spki + certificate + certificate],
    ['bytes in shared memory', sharedCopy(Buffer.from(text))],
    ['DER in shared memory', sharedCopy(der(type))],
    ['bag attributes before it', bagAttributes + text],
    ['a block that never ends before it', `-----BEGIN X-----\nAAAA\n${text}`],
    ['the other label', text.replaceAll('RSA PRIVATE', 'PRIVATE')],
    ['the whole PEM in base64', base64(text)],
    ['the whole PEM in base64, broken into lines', base64(text).replace(/.{76}/g, '$&\r\n')],
    ['DER', der(type)],
    ['DER in base64', Buffer.from(der(type)).toString('base64')],
    ['reveal() of text', revealing(text)],
    ['reveal() of bytes', revealing(Buffer.from(text))],
    ['reveal() of DER', revealing(der(type))],
  ]
  return forms.map(([name, form]) => [`${type}: ${name}`, form])
}

const privateForms: [name: string, form: unknown][] = [
  ...formsOf('pkcs1'),
  ...formsOf('pkcs8'),
  ['JWK', privateKey.export({ format: 'jwk' })],
  ['JWK in JSON', JSON.stringify(privateKey.export({ format: 'jwk' }), undefined, 2)],
  ['JWK in JSON, as bytes', Buffer.from(JSON.stringify(privateKey.export({ format: 'jwk' })))],
  ['DER of another realm', runInNewContext('Uint8Array.from(bytes)', { bytes: [...der('pkcs8')] })],
  [
    'JWK of another realm',
    runInNewContext('JSON.parse(text)', { text: JSON.stringify(privateKey.export({ format: 'jwk' })) }),
  ],
  ['KeyObject', privateKey],
  ['PKCS#8 under the label RSA PRIVATE KEY', pem('pkcs8').replaceAll('PRIVATE KEY', 'RSA PRIVATE KEY')],
]

function numbersOf(form: unknown, purpose: KeyPurpose): unknown {
  const reading = readKey(form, { purpose, openEncryptedKey })
  if (!reading.ok) throw new Error(`${reading.fault}: ${reading.message}`, { cause: reading.cause })
  const { key } = reading
  if (key.form === 'crypto-key') return 'CryptoKey'
  if (key.form === 'jwk') return key.jwk.n
  const bytes = Buffer.from(wrapDer(key))
  const object: KeyObject =
    key.half === 'private'
      ? createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' })
      : createPublicKey({ key: bytes, format: 'der', type: 'spki' })
  return object.export({ format: 'jwk' }).n
}

const { n } = publicKey.export({ format: 'jwk' })

describe('one private key in any form that people have', () => {
  it.each(privateForms)('%s', (_name, form) => {
    expect(numbersOf(form, 'sign')).toBe(n)
    expect(numbersOf(form, 'decrypt')).toBe(n)
  })

  it('a CryptoKey is handed on', async () => {
    const key = await webcrypto.subtle.importKey(
      'pkcs8',
      der('pkcs8'),
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      false,
      ['sign'],
    )
    expect(numbersOf(key, 'sign')).toBe('CryptoKey')
  })
})

describe('one public key in any form that people have', () => {
  it.each([
    ['SPKI', spki],
    ['PKCS#1', pkcs1Public],
    ['PKCS#1 under the label PUBLIC KEY', pkcs1Public.replaceAll('RSA PUBLIC', 'PUBLIC')],
    ['SPKI bytes', Buffer.from(spki)],
    ['DER', new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }))],
    ['DER of PKCS#1', new Uint8Array(publicKey.export({ format: 'der', type: 'pkcs1' }))],
    ['a private key before it', pem('pkcs8') + spki],
    ['the whole PEM in base64', base64(spki)],
    ['JWK', publicKey.export({ format: 'jwk' })],
    ['KeyObject', publicKey],
  ])('%s', (_name, form) => {
    expect(numbersOf(form, 'verify')).toBe(n)
    expect(numbersOf(form, 'encrypt')).toBe(n)
  })
})

describe('encrypted keys', () => {
  const cipher = { cipher: 'aes-256-cbc', passphrase: 'correct horse' }
  const pkcs8 = String(privateKey.export({ format: 'pem', type: 'pkcs8', ...cipher }))
  const traditional = String(privateKey.export({ format: 'pem', type: 'pkcs1', ...cipher }))
  const forms = [
    ['PKCS#8', pkcs8],
    ['traditional', traditional],
    ['PKCS#8 in DER', encryptedDer],
    ['with CRLF', traditional.replaceAll('\n', '\r\n')],
    ['with line breaks written \\n', traditional.replaceAll('\n', '\\n')],
    ['a certificate before it', certificate + pkcs8],
    ['in base64', base64(pkcs8)],
  ] as const

  it.each(forms)('%s: told as such', (_name, form) => {
    expect(readKey(form, { purpose: 'sign', openEncryptedKey })).toMatchObject({
      ok: false,
      fault: 'encrypted',
    })
  })

  it.each(forms)('%s: opened', (_name, form) => {
    for (const passphrase of ['correct horse', Buffer.from('correct horse'), revealing('correct horse')]) {
      const reading = readKey(form, { purpose: 'sign', passphrase, openEncryptedKey })
      expect(reading).toMatchObject({ ok: true, key: { form: 'der', half: 'private', algorithm: 'rsa' } })
    }
  })

  it.each(forms)('%s: a wrong passphrase is told', (_name, form) => {
    for (const passphrase of ['wrong', '', 7, null, revealing(undefined)]) {
      const reading = readKey(form, { purpose: 'sign', passphrase, openEncryptedKey })
      expect(reading.ok ? 'opened' : reading.fault).toMatch(/^(passphrase|encrypted)$/)
    }
  })

  it('leaves no copy of a passphrase in bytes, and that of the caller as it is', () => {
    const passphrase = new TextEncoder().encode(cipher.passphrase)
    const copies: Buffer[] = []
    const { from } = Buffer
    vi.spyOn(Buffer, 'from').mockImplementation((...args: unknown[]) => {
      const buffer: Buffer<ArrayBuffer> = Reflect.apply(from, Buffer, args)
      copies.push(buffer)
      return buffer
    })
    const readings = [pkcs8, traditional, encryptedDer].map((form) =>
      readKey(form, { purpose: 'sign', passphrase, openEncryptedKey }),
    )
    vi.restoreAllMocks()
    expect(readings.map(({ ok }) => ok)).toEqual([true, true, true])
    expect(copies.filter(({ length }) => length === passphrase.length)).toHaveLength(3)
    expect(copies.filter((copy) => copy.includes(cipher.passphrase))).toEqual([])
    expect(new TextDecoder().decode(passphrase)).toBe(cipher.passphrase)
  })

  it('a runtime that cannot says what to do', () => {
    const reading = readKey(pkcs8, { purpose: 'sign', passphrase: 'correct horse' })
    expect(reading).toMatchObject({
      ok: false,
      fault: 'encrypted',
      message: expect.stringContaining('openssl'),
    })
  })
})

const cryptoKeyOf = (said: object): object =>
  saidCryptoKey({ algorithm: { name: 'RSASSA-PKCS1-v1_5', ...said } })

/** What claims to be a CryptoKey; only its runtime finds out that it is none. */
function saidCryptoKey(change: object): object {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5' }
  return { [Symbol.toStringTag]: 'CryptoKey', type: 'private', algorithm, usages: ['sign'], ...change }
}

function exponent(...bytes: readonly number[]): object {
  return { name: 'RSASSA-PKCS1-v1_5', publicExponent: Uint8Array.from(bytes) }
}

describe('what is no such key', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const jwk = privateKey.export({ format: 'jwk' })
  it.each([
    ['nothing', undefined, 'unknown-form'],
    ['null', null, 'unknown-form'],
    ['a number', 7, 'unknown-form'],
    ['an empty text', '', 'damaged'],
    ['a text', 'hello', 'damaged'],
    ['an empty object', {}, 'unknown-form'],
    ['reveal that is no function', { reveal: 1 }, 'unknown-form'],
    ['a public PEM', spki, 'wrong-half'],
    ['a public KeyObject', publicKey, 'wrong-half'],
    ['a secret KeyObject', createSecretKey(Buffer.alloc(32)), 'wrong-half'],
    ['a public JWK', publicKey.export({ format: 'jwk' }), 'wrong-half'],
    ['a certificate', certificate, 'wrong-half'],
    ['half a PEM', pem('pkcs8').slice(0, 300), 'damaged'],
    ['two private keys in one PEM', pem('pkcs8') + otherPem, 'damaged'],
    ['two private keys of different kinds', pem('pkcs1') + certificate + ecPem, 'damaged'],
    ['two private keys in one PEM in base64', base64(pem('pkcs8') + otherPem), 'damaged'],
    ['an encrypted private key beside a plain one', pem('pkcs8') + encryptedPem, 'damaged'],
    ['PEM of noise', '-----BEGIN PRIVATE KEY-----\n!!!!\n-----END PRIVATE KEY-----', 'damaged'],
    ['PEM of nothing', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----', 'damaged'],
    [
      'an OpenSSH key',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
      'unsupported',
    ],
    ['DER with a byte behind it', Buffer.concat([der('pkcs8'), Buffer.from([0])]), 'damaged'],
    ['a symmetric JWK', { kty: 'oct', k: 'AAAA' }, 'unsupported'],
    ['a JWK for encryption', { ...jwk, use: 'enc' }, 'wrong-purpose'],
    ['a JWK for verification', { ...jwk, key_ops: ['verify'] }, 'wrong-purpose'],
    ['a JWK whose key_ops is no list', { ...jwk, key_ops: 'sign' }, 'wrong-purpose'],
    ['a JWK with a number', { ...jwk, p: 5 }, 'damaged'],
    ['a JWK with one prime', { ...jwk, q: undefined }, 'damaged'],
    ['a JWK with exponents swapped', { ...jwk, dp: jwk.dq, dq: jwk.dp }, 'damaged'],
    ['a JWK with a damaged coefficient', { ...jwk, qi: jwk.dp }, 'damaged'],
    ['a JWK with e = 1', { ...jwk, e: 'AQ' }, 'damaged'],
    ['a JWK with e = 2', { ...jwk, e: 'Ag' }, 'damaged'],
    ['a JWK with an even modulus', { ...jwk, n: `${jwk.n?.slice(0, -2)}AA` }, 'damaged'],
    ['a JWK of 100,000 bits', { ...jwk, n: 'B'.repeat(16_667) }, 'damaged'],
    ['a JWK with a third prime', { ...jwk, oth: [] }, 'unsupported'],
    [
      'a JWK whose getter throws',
      Object.defineProperty({ kty: 'RSA' }, 'd', {
        get: () => {
          throw new Error('no')
        },
      }),
      'damaged',
    ],
    [
      'a KeyObject that throws',
      {
        type: 'private',
        export: () => {
          throw new Error('no')
        },
      },
      'damaged',
    ],
    ['a JWK with an alg that is no text', { ...jwk, alg: 7 }, 'damaged'],
    ['a JWK without an alg, and null for one', { ...jwk, alg: null }, 'damaged'],
    ['JSON of something else', '{"keys":[]}', 'damaged'],
    ['an object that only calls itself a CryptoKey', { [Symbol.toStringTag]: 'CryptoKey' }, 'damaged'],
    ['a CryptoKey of 16,385 bits', cryptoKeyOf({ modulusLength: 16_385 }), 'damaged'],
    ['a CryptoKey with an even exponent', cryptoKeyOf({ publicExponent: Uint8Array.of(2) }), 'damaged'],
    ['a CryptoKey of null members', saidCryptoKey({ algorithm: null, usages: null }), 'damaged'],
    [
      'a CryptoKey that throws',
      Object.defineProperty(saidCryptoKey({}), 'usages', {
        get: () => {
          throw new Error('no')
        },
      }),
      'damaged',
    ],
    ['a CryptoKey with the exponent 1', saidCryptoKey({ algorithm: exponent(0, 0, 1) }), 'damaged'],
    ['a CryptoKey with the exponent 4', saidCryptoKey({ algorithm: exponent(4) }), 'damaged'],
    [
      'a CryptoKey with an exponent of 72 bits',
      saidCryptoKey({ algorithm: exponent(1, 0, 0, 0, 0, 0, 0, 0, 1) }),
      'damaged',
    ],
    ['a KeyObject that exports nonsense', { type: 'private', export: () => 7 }, 'damaged'],
    ['an RSA numbers file of another key', ec.publicKey, 'wrong-half'],
  ] as const)('%s', (_name, form, fault) => {
    const reading = readKey(form, { purpose: 'sign', openEncryptedKey })
    expect(reading.ok ? 'taken' : reading.fault).toBe(fault)
  })

  it('of two keys it is said that there are two, and what to do', () => {
    const message = expect.stringMatching(/^holds more than one PRIVATE KEY: leave the one that is meant$/)
    expect(readKey(pem('pkcs8') + otherPem, { purpose: 'sign' })).toMatchObject({ message })
    expect(readKey(spki + pkcs1Public, { purpose: 'verify' })).toMatchObject({
      message: 'holds more than one PUBLIC KEY: leave the one that is meant',
    })
  })

  it('what is there in place of the half that is wanted is named, and how to get that', () => {
    const message = (form: unknown, purpose: KeyPurpose) => {
      const reading = readKey(form, { purpose, openEncryptedKey })
      return reading.ok ? 'taken' : reading.message
    }
    expect(message(createSecretKey(Buffer.alloc(32)), 'sign')).toBe(
      'is a secret KeyObject; the private key is wanted',
    )
    for (const form of [certificate, Uint8Array.of(0x30, 4, 0x30, 0, 0x30, 0)])
      expect(message(form, 'verify')).toMatch(/^is a certificate .*openssl x509 -pubkey.*; the public key/)
    expect(message(spki, 'decrypt')).toBe('is PEM of PUBLIC KEY; the private key is wanted')
    expect(message(publicKey, 'decrypt')).toBe('is a public key; the private key is wanted')
    expect(message(jwk, 'encrypt')).toBe('is a private key; the public key is wanted')
    expect(message(pem('pkcs8').slice(0, 300), 'sign')).toMatch(/copy it again, from BEGIN to END$/)
    expect(message(encryptedDer, 'encrypt')).toBe('is an encrypted private key; the public key is wanted')
    expect(message(encryptedPem, 'encrypt')).toBe('is PEM of ENCRYPTED PRIVATE KEY; the public key is wanted')
  })

  it('the public half of a JWK takes no members of the private one along', () => {
    const { d: _, ...rest } = jwk
    const reading = readKey(rest, { purpose: 'verify' })
    expect(reading.ok && reading.key.form === 'jwk' && Object.keys(reading.key.jwk).sort()).toEqual([
      'e',
      'kty',
      'n',
    ])
  })

  it('an endless JWK is not decoded', () => {
    for (const member of ['n', 'd', 'qi']) {
      const reading = readKey({ ...jwk, [member]: 'B'.repeat(4097) }, { purpose: 'sign' })
      expect(reading).toMatchObject({
        message: 'is a JWK with a member that is no text, or longer than any key',
      })
    }
  })

  it('a damaged prime in DER is found', () => {
    const bytes = der('pkcs1')
    const at = bytes.length - 40
    bytes[at] = (bytes[at] ?? 0) ^ 1
    expect(readKey(bytes, { purpose: 'sign' })).toMatchObject({ ok: false, fault: 'damaged' })
  })

  it('an EC key is read as such, SEC 1 too', () => {
    for (const type of ['pkcs8', 'sec1'] as const) {
      const reading = readKey(ec.privateKey.export({ format: 'pem', type }), { purpose: 'sign' })
      expect(reading).toMatchObject({ ok: true, key: { algorithm: 'ec', half: 'private' } })
    }
  })

  it('never holds a part of the key', () => {
    const damaged = pem('pkcs8').replace(/\n(.)/, '\n!$1')
    const reading = readKey(damaged, { purpose: 'sign' })
    expect(JSON.stringify(reading)).not.toContain(pem('pkcs8').slice(60, 80))
  })
})

describe('what was decoded here', () => {
  const keyObject = (held: Uint8Array) => ({ type: 'private', export: () => held })

  it('is the reader of the result to wipe, and no bytes of the caller are', () => {
    for (const form of [pem('pkcs1'), Buffer.from(pem('pkcs8')), keyObject(der('pkcs8'))]) {
      const reading = readKey(form, { purpose: 'decrypt' })
      if (!reading.ok || reading.key.form !== 'der') throw new Error('no key')
      wipeCopy(reading.key)
      expect(reading.key.der.every((byte) => byte === 0)).toBe(true)
    }
    const bytes = der('pkcs8')
    const reading = readKey(bytes, { purpose: 'decrypt' })
    if (!reading.ok) throw new Error('no key')
    wipeCopy(reading.key)
    expect(bytes).toEqual(der('pkcs8'))
  })

  it('is wiped where it was not the key itself', () => {
    for (const held of [Buffer.from(pem('pkcs8')), encryptedDer.slice()]) {
      const reading = readKey(keyObject(held), {
        purpose: 'sign',
        passphrase: 'correct horse',
        openEncryptedKey,
      })
      expect(reading.ok).toBe(true)
      expect(held.every((byte) => byte === 0)).toBe(true)
    }
  })

  it('is wiped on refusal', () => {
    const damaged = der('pkcs8')
    damaged[damaged.length - 40] = 1 ^ (damaged.at(-40) ?? 0)
    const publicHalf = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }))
    for (const held of [damaged, publicHalf]) {
      expect(readKey(keyObject(held), { purpose: 'decrypt' })).toMatchObject({ ok: false })
      expect(held.every((byte) => byte === 0)).toBe(true)
    }
  })
})
