import { createHmac, type KeyObject, randomFillSync } from 'node:crypto'

// What a careful programmer writes who needs IBKR's signature only and no library: constants are encoded beforehand, random
// bytes are drawn in bulk, the base string is put together from pieces. It verifies nothing, checks nothing, and knows one
// signature method and one service.

export interface HandWritten {
  readonly consumerKey: string
  readonly accessToken: string
  readonly realm: string
  readonly key: KeyObject
}

/** Gives the Authorization header for a method, a URL without query, and decoded parameters. */
export type HandWrittenSigner = (
  method: string,
  url: string,
  fields: Readonly<Record<string, string>>,
) => string

const reserved = /[!'()*]/g

function encode(text: string): string {
  return encodeURIComponent(text).replace(
    reserved,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

const pool = Buffer.alloc(4096)
let used = pool.length

function nonce(): string {
  if (used === pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += 16
  return pool.toString('hex', used - 16, used)
}

/** Encoded `name=value` pairs in their order, those before `oauth_` apart from those after it, as in the base string. */
function arrange(fields: Readonly<Record<string, string>>): readonly [before: string, after: string] {
  const pairs = Object.keys(fields).map((name) => [encode(name), encode(fields[name] as string)] as const)
  pairs.sort(([one], [other]) => (one < other ? -1 : 1))
  let before = ''
  let after = ''
  for (const [name, value] of pairs) {
    if (name < 'oauth_') before += `${name}=${value}&`
    else after += `&${name}=${value}`
  }
  return [encodeURIComponent(before), encodeURIComponent(after)]
}

/** Prepares the constant parts once and returns the signer. */
export function handWrittenSigner(credentials: HandWritten): HandWrittenSigner {
  const { consumerKey, accessToken, realm, key } = credentials
  const headerStart = `OAuth realm="${realm}", oauth_consumer_key="${consumerKey}", oauth_nonce="`
  const baseStart = `oauth_consumer_key%3D${consumerKey}%26oauth_nonce%3D`
  const baseEnd = `%26oauth_token%3D${accessToken}`
  return (method, url, fields) => {
    const fresh = nonce()
    const timestamp = Math.floor(Date.now() / 1000)
    const [before, after] = arrange(fields)
    const middle = `${fresh}%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D${timestamp}`
    const base = `${method}&${encode(url)}&${before}${baseStart}${middle}${baseEnd}${after}`
    const signature = encodeURIComponent(createHmac('sha256', key).update(base).digest('base64'))
    return `${headerStart}${fresh}", oauth_signature="${signature}", oauth_signature_method="HMAC-SHA256", oauth_timestamp="${timestamp}", oauth_token="${accessToken}"`
  }
}
