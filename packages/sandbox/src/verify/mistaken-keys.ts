import { createHmac } from 'node:crypto'
import type { MistakeName } from '../explain/names.ts'
import type { MistakenKey } from '../explain/types.ts'
import type { AccessToken } from '../state/access-tokens.ts'
import type { LiveSession } from '../state/live-sessions.ts'

/**
 * The keys that clients arrive at by the known mistakes in deriving or using a live session token. It runs
 * only when a refusal is explained.
 */
export function mistakenKeys(token: AccessToken, nowMs: number): readonly MistakenKey[] {
  const live = token.liveSessions.filter((liveSession) => liveSession.isLive(nowMs))
  const over = token.liveSessions.filter((liveSession) => !liveSession.isLive(nowMs))
  return [
    ...live.flatMap((liveSession) => misusedTokens(liveSession.reveal(), token.consumerKey)),
    ...live.flatMap(misderivedTokens),
    ...over.map((liveSession) => key('lst-replaced', liveSession.reveal(), 'It has expired.')),
    ...token.replaced.map((liveSession) =>
      key('lst-replaced', liveSession.reveal(), 'Newer ones have pushed it out.'),
    ),
  ]
}

function misusedTokens(token: Uint8Array, consumerKey: string): readonly MistakenKey[] {
  const base64 = Buffer.from(token).toString('base64')
  const hex = Buffer.from(token).toString('hex')
  const ampersand = (text: string, form: string): MistakenKey =>
    key('lst-with-ampersand', Buffer.from(text), `The key reads "${form}".`)
  return [
    key('lst-as-text', Buffer.from(base64), 'The key is its base64 text.'),
    key('lst-as-text', Buffer.from(hex), 'The key is its hex text.'),
    ampersand(`&${base64}`, '& token'),
    ampersand(`${base64}&`, 'token &'),
    ampersand(`&${encodeURIComponent(base64)}`, '& token, percent-encoded'),
    ampersand(`${encodeURIComponent(base64)}&`, 'token, percent-encoded &'),
    ampersand(`${consumerKey}&${base64}`, 'consumer key & token'),
    ampersand(`${consumerKey}&${encodeURIComponent(base64)}`, 'consumer key & token, percent-encoded'),
    key('lst-with-ampersand', Buffer.concat([token, Buffer.from('&')]), 'The key is its bytes and "&".'),
    key('lst-with-ampersand', Buffer.concat([Buffer.from('&'), token]), 'The key is "&" and its bytes.'),
  ]
}

function misderivedTokens(liveSession: LiveSession): readonly MistakenKey[] {
  const { accessTokenSecret: secret, prime } = liveSession.revealExchange()
  const forms = formsOfK(liveSession.sharedSecret(), prime)
  const text = (message: string, detail: string): MistakenKey =>
    key('secret-as-text', liveSessionTokenFrom(forms.right, message), detail)
  return [
    ...forms.wrong.map(({ bytes, detail }) =>
      key('leading-zero-byte', liveSessionTokenFrom(bytes, secret), detail),
    ),
    text(Buffer.from(secret).toString('hex'), 'The secret went in as its hex text.'),
    text(Buffer.from(secret).toString('base64'), 'The secret went in as its base64 text.'),
  ]
}

interface FormsOfK {
  /** As Java's `BigInteger.toByteArray()` gives it. */
  readonly right: Uint8Array
  readonly wrong: readonly { readonly bytes: Uint8Array; readonly detail: string }[]
}

function formsOfK(k: bigint, prime: bigint): FormsOfK {
  const digits = k.toString(16)
  const minimal = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  const withZero = Buffer.concat([Buffer.alloc(1), minimal])
  const needsZero = (minimal[0] ?? 0) >= 0x80
  const width = Math.ceil(prime.toString(16).length / 2)
  const right = needsZero ? withZero : minimal
  const wrong = [
    needsZero
      ? { bytes: minimal, detail: 'The leading zero byte of K was dropped.' }
      : { bytes: withZero, detail: 'A leading zero byte was put before K.' },
  ]
  if (minimal.length < width) {
    const padded = Buffer.concat([Buffer.alloc(width - minimal.length), minimal])
    wrong.push({ bytes: padded, detail: 'K was padded to the length of the prime.' })
  }
  return { right, wrong: wrong.filter(({ bytes }) => !bytes.equals(right)) }
}

function key(mistake: MistakeName, bytes: Uint8Array, detail: string): MistakenKey {
  return { mistake, key: bytes, detail }
}

/** LST = HMAC-SHA1(K, access token secret) ("OAuth at Interactive Brokers" 5.3). */
function liveSessionTokenFrom(key: Uint8Array, accessTokenSecret: Uint8Array | string): Uint8Array {
  return createHmac('sha1', key).update(accessTokenSecret).digest()
}
