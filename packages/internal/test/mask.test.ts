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
    ['percent-encoded four times', [1, 2, 3, 4].reduce(encodeURIComponent, secret)],
    ['in JSON in JSON', JSON.stringify(JSON.stringify(`"${secret}"`))],
    ['in JSON with escapes', secret.replace(/[^a-z]/g, (at) => `\\u00${at.charCodeAt(0).toString(16)}`)],
    ['in a text of C', secret.replace(/[^a-z]/g, (at) => `\\x${at.charCodeAt(0).toString(16)}`)],
    ['in HTML', secret.replace(/./g, (at) => `&#${at.charCodeAt(0)};`)],
    ['in HTML by hex', secret.replace(/[^a-z]/g, (at) => `&#x${at.charCodeAt(0).toString(16)};`)],
    ['in HTML without semicolons', secret.replace(/./g, (at) => `&#${at.charCodeAt(0)}`)],
    ['in HTML by hex without them', secret.replace(/./g, (at) => `&#x${at.charCodeAt(0).toString(16)}`)],
    ['in HTML with tags within', secret.replace(/.{5}/g, '$&<wbr>')],
    ['in HTML with attributes within', secret.replace(/.{5}/g, '$&</b><b class="long word">')],
    [
      'in the escape that some call percent',
      secret.replace(/./g, (at) => `%u00${at.charCodeAt(0).toString(16)}`),
    ],
    ['in JavaScript', secret.replace(/./g, (at) => `\\u{${at.charCodeAt(0).toString(16)}}`)],
    ['as a list of bytes', JSON.stringify([...Buffer.from(secret)])],
    ['as a list of bytes in hex', Buffer.from(secret).toString('hex').replace(/../g, '0x$&, ')],
    ['in HTML twice', secret.replace('+', '&amp;plus;').replace('/', '&amp;#47;')],
    ['in upper case', secret.toUpperCase()],
    ['over two lines', `se+cr/\r\n et=word`],
    ['percent-encoded and broken in pieces', encodeURIComponent(secret).replace(/./g, '$& ')],
    ['percent-encoded, one escape broken', encodeURIComponent(secret).replace('%2B', '%2\r\nB')],
    ['with invisible characters within', [...secret].join('\u200b')],
    ['in base64 of something longer', Buffer.from(`{"t":"${secret}"}`).toString('base64')],
    ['in base64 one byte further', Buffer.from(`{"to":"${secret}"}`).toString('base64')],
    ['in base64 two bytes further', Buffer.from(`{"tok":"${secret}"}`).toString('base64')],
  ])('hides it %s', (_name, spelling) => {
    const line = maskEchoes(`bad token ${spelling} here`, [secret])
    expect(line).toContain('[masked]')
    expect(line).not.toContain(spelling.replace(/"/g, ''))
  })

  it('hides each part of a header, as sent and decoded', () => {
    for (const part of ['abcdefabcdefabcdefab', 'nF1pZ%2BgB7kq%2Fxk3Q%3D', 'nF1pZ+gB7kq/xk3Q=']) {
      expect(maskEchoes(`no ${part}`, [header])).toMatch(/^no \[masked\](?:=|%3D)?$/)
    }
  })

  it('leaves everything else', () => {
    const said = 'invalid consumer, see oauth_token and oauth_signature'
    expect(maskEchoes(said, [header, 'short'])).toBe(said)
  })

  it('takes no more than the length of a text asks for', () => {
    const hostile = ['\\', '%25', '&amp;', '&#', '&#x', '\\u{', '%u00', '<a ', '<a', '</', '%', '&'].map(
      (piece) => piece.repeat(60_000),
    )
    for (const text of hostile) expect(maskEchoes(text, [header])).toBe(text)
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
    'nF1pZ&#x2B;gB7kq&#x2F;xk3Q&#x3D;',
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

  it('has none of the others that show nothing: joiners, variation selectors, fillers, tags', () => {
    const invisible = [
      0x34f, 0x115f, 0x17b4, 0x180b, 0x2065, 0x3164, 0xfe0f, 0xffa0, 0xe0001, 0xe0041, 0xe0100,
    ]
    expect(oneLine(invisible.map((code) => `a${String.fromCodePoint(code)}`).join(''))).toBe(
      'a '.repeat(invisible.length).trim(),
    )
  })

  it('is cut to its length without half a character', () => {
    expect(oneLine('😀'.repeat(400))).toHaveLength(299)
    expect(oneLine('x'.repeat(400))).toHaveLength(300)
    expect(oneLine('x'.repeat(300))).toBe('x'.repeat(300))
  })
})
