import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { maskEchoes, maskTokens } from '../src/mask.ts'
import { oneLine } from '../src/message.ts'

const header =
  'OAuth realm="limited_poa", oauth_token="abcdefabcdefabcdefab", oauth_signature="nF1pZ%2BgB7kq%2Fxk3Q%3D"'

describe('maskEchoes', () => {
  const secret = 'se+cr/et=word'
  it.each([
    ['as it was sent', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    [
      'percent-encoded in lower case',
      encodeURIComponent(secret).replace(/%../g, (code) => code.toLowerCase()),
    ],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['in JSON', JSON.stringify(secret)],
    ['in JSON with escaped slashes', secret.replaceAll('/', '\\/')],
    ['in hex', Buffer.from(secret).toString('hex')],
    ['in upper-case hex', Buffer.from(secret).toString('hex').toUpperCase()],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64url', Buffer.from(secret).toString('base64url')],
  ])('hides it %s', (_name, spelling) => {
    const line = maskEchoes(`bad token ${spelling} here`, [secret])
    expect(line).toContain('[masked]')
    expect(line).not.toContain(spelling.replace(/"/g, ''))
  })

  it('hides each part of a header, as sent and decoded', () => {
    for (const part of ['abcdefabcdefabcdefab', 'nF1pZ%2BgB7kq%2Fxk3Q%3D', 'nF1pZ+gB7kq/xk3Q=']) {
      expect(maskEchoes(`no ${part}`, [header])).toBe('no [masked]')
    }
  })

  it('leaves everything else', () => {
    expect(maskEchoes('invalid consumer', [header, 'short'])).toBe('invalid consumer')
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, sent) => {
        expect(typeof maskEchoes(text, [sent, `%${sent}`, `\ud800${sent}`])).toBe('string')
      }),
    )
  })
})

describe('maskTokens', () => {
  it.each([
    '6f531f8fd316915af53f',
    'nF1pZ%2BgB7kq%2Fxk3Q%2Bab%2FcD%2BeF0%3D',
    'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJDIn0.c2lnbmF0dXJl',
    'grant_type%3Dx%26client_assertion%3DeyJhbGciOi',
    'token_eyJhbGciOiJSUzI1NiJ9',
    '%22eyJhbGciOiJSUzI1NiJ9%22',
  ])('hides %s', (token) => {
    expect(maskTokens(`bad ${token} here`)).toBe('bad [masked] here')
  })

  it.each([
    'invalid_client_metadata',
    'id: 39687, error: invalid consumer',
    'Access token expired',
    'U1234567',
  ])('leaves %s', (text) => {
    expect(maskTokens(text)).toBe(text)
  })
})

describe('oneLine', () => {
  it('has no control, bidirectional or zero-width characters', () => {
    expect(oneLine('a\u0000\r\n b\u202ec\u200bd\u2066e\ufefff\u00adg\u2028h')).toBe('a b c d e f g h')
  })

  it('is cut to its length without half a character', () => {
    expect(oneLine('😀'.repeat(400))).toHaveLength(299)
    expect(oneLine('x'.repeat(400))).toHaveLength(300)
    expect(oneLine('x'.repeat(300))).toBe('x'.repeat(300))
  })
})
