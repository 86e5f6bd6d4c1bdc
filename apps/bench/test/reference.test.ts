import { Buffer } from 'node:buffer'
import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { power, twosComplement } from '../src/handshake-inputs.ts'
import { type SigningInput, snapshot } from '../src/inputs.ts'
import { baseString, checkHeader, type Treatment } from '../src/reference.ts'
import published from './fixtures/published.json' with { type: 'json' }

type Case = (typeof published.signing)[number]

const inputOf = ({ name, method, url, fields }: Case): SigningInput => ({
  name,
  method: method as 'GET' | 'POST',
  url,
  urlWithoutQuery: url.split('?')[0] ?? '',
  fields: fields as unknown as Record<string, string>,
})

describe('the judge of the signing rows', () => {
  it.each(published.signing)('agrees with the published $name ($why)', (one) => {
    const text = baseString(inputOf(one), one.protocol, one.treatment as Treatment)
    expect(text).toBe(one.baseString)
    const signature = createHmac('sha256', Buffer.from(one.keyHex, 'hex')).update(text).digest('base64')
    expect(signature).toBe(one.signature)
  })

  const key = Buffer.alloc(20, 1)
  const judgement = { treatment: 'rfc5849', algorithm: 'sha256', key } as const
  function header(overrides: Record<string, string> = {}): string {
    const protocol = {
      oauth_consumer_key: 'TESTCONS',
      oauth_nonce: 'abc',
      oauth_signature_method: 'HMAC-SHA256',
      oauth_timestamp: Math.floor(Date.now() / 1000).toString(),
      ...overrides,
    }
    const text = baseString(snapshot, protocol, 'rfc5849')
    const oauth_signature = createHmac('sha256', key).update(text).digest('base64')
    const pairs = Object.entries({ ...protocol, oauth_signature })
    return `OAuth realm="r", ${pairs.map(([name, value]) => `${name}="${encodeURIComponent(value)}"`).join(', ')}`
  }

  it('takes a right header', () => {
    expect(() => checkHeader(snapshot, header(), judgement)).not.toThrow()
  })

  it.each([
    ['another signature', () => header().replace(/oauth_signature="../, 'oauth_signature="AA')],
    ['another method name', () => header().replace('HMAC-SHA256', 'HMAC-SHA512')],
    ['another nonce', () => header().replace('abc', 'abd')],
    ['no nonce', () => header({ oauth_nonce: '' })],
    ['an old timestamp', () => header({ oauth_timestamp: '1700000000' })],
    ['a timestamp in milliseconds', () => header({ oauth_timestamp: Date.now().toString() })],
    ['another scheme', () => header().replace('OAuth', 'Basic')],
  ])('refuses %s', (_, make) => {
    expect(() => checkHeader(snapshot, make(), judgement)).toThrow()
  })

  it('tells the treatments apart', () => {
    expect(() => checkHeader(snapshot, header(), { ...judgement, treatment: 'raw' })).toThrow(
      'wrong signature',
    )
  })
})

describe('the judge of the handshake rows', () => {
  const integer = (hex: string): bigint => BigInt(`0x${hex}`)
  const { prime, generator, exponent, challenge, response, shared, secret } = published.exchange

  it('agrees with the published exchange', () => {
    expect(power(integer(generator), integer(exponent), integer(prime))).toBe(integer(challenge))
    const agreed = power(integer(response), integer(exponent), integer(prime))
    expect(twosComplement(agreed).toString('hex')).toBe(shared)
    const token = createHmac('sha1', Buffer.from(shared, 'hex')).update(Buffer.from(secret, 'hex')).digest()
    expect(token.toString('hex')).toBe(published.exchange.liveSessionToken)
    const signature = createHmac('sha1', token).update(published.exchange.consumerKey).digest('hex')
    expect(signature).toBe(published.exchange.signature)
  })

  it('puts a zero byte in front where the top bit is set', () => {
    expect(twosComplement(0x80n).toString('hex')).toBe('0080')
    expect(twosComplement(0x7fn).toString('hex')).toBe('7f')
    expect(twosComplement(0x123n).toString('hex')).toBe('0123')
  })
})
