import { constants, createHmac, createSign, privateDecrypt, randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import {
  type CreateSandboxOptions,
  createSandbox,
  type Sandbox,
  type SandboxCredentials,
} from '../src/index.ts'

/** A decoded name and value. */
export type Pair = readonly [string, string]

/** What a request says, and how it is signed: each field after `form` lets a test make one mistake. */
export interface Spec {
  readonly method?: string
  /** Path and query as they go over the wire. */
  readonly target: string
  readonly query?: readonly Pair[]
  readonly form?: readonly Pair[]
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly token?: string | null
  readonly extra?: readonly Pair[]
  readonly key: { readonly hmac: Uint8Array } | { readonly rsa: string }
  readonly prefix?: string
  readonly realm?: string | null
  readonly timestamp?: string
  readonly nonce?: string
  readonly signatureMethod?: string
  readonly signedMethod?: string
  readonly signedUri?: (uri: string) => string
  readonly signedPairs?: (pairs: readonly Pair[]) => readonly Pair[]
  readonly encodePart?: (text: string) => string
  readonly encodeUri?: (text: string) => string
  readonly encodeParameters?: (text: string) => string
  readonly order?: 'encoded' | 'as-is' | 'joined'
  readonly rewrite?: (baseString: string) => string
  /** How the base64 signature is written into the header. */
  readonly writeSignature?: (signature: string) => string
  readonly sentHeader?: (header: string) => string
}

/** RFC 5849 3.6, written anew: nothing here comes from the packages under test. */
export function encode(text: string): string {
  return [...Buffer.from(text, 'utf8')]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return /[A-Za-z0-9\-._~]/.test(character)
        ? character
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
}

/** A client of the sandbox that shares no code with it. */
export class IndependentClient {
  readonly sandbox: Sandbox
  readonly origin: string
  readonly credentials: SandboxCredentials
  readonly now: () => number
  /** The text that was signed last, prefix included. */
  lastText = ''

  constructor(sandbox: Sandbox, now: () => number = Date.now) {
    this.sandbox = sandbox
    this.origin = sandbox.url
    this.credentials = sandbox.credentials
    this.now = now
  }

  /** The Authorization header of a request. */
  authorization(spec: Spec): string {
    const { method = 'GET', key, token, realm, extra = [] } = spec
    const isHmac = 'hmac' in key
    const protocol: Pair[] = [
      ['oauth_consumer_key', this.credentials.consumerKey],
      ['oauth_nonce', spec.nonce ?? randomBytes(10).toString('hex')],
      ['oauth_signature_method', spec.signatureMethod ?? (isHmac ? 'HMAC-SHA256' : 'RSA-SHA256')],
      ['oauth_timestamp', spec.timestamp ?? String(Math.floor(this.now() / 1000))],
      ...(token === null ? [] : [['oauth_token', token ?? this.credentials.accessToken] as const]),
      ...extra,
    ]
    const right: readonly Pair[] = [...protocol, ...(spec.query ?? []), ...(spec.form ?? [])]
    const pairs = spec.signedPairs?.(right) ?? right
    const uri = this.origin + spec.target.replace(/\?.*$/s, '')
    const base = [
      spec.signedMethod ?? method,
      (spec.encodeUri ?? encode)(spec.signedUri?.(uri) ?? uri),
      (spec.encodeParameters ?? encode)(join(pairs, spec.encodePart ?? encode, spec.order ?? 'encoded')),
    ].join('&')
    const text = (spec.prefix ?? '') + (spec.rewrite?.(base) ?? base)
    this.lastText = text
    const signature = isHmac
      ? createHmac('sha256', key.hmac).update(text).digest('base64')
      : createSign('sha256').update(text).sign(key.rsa, 'base64')
    const shownRealm = realm === null ? [] : [`realm="${realm ?? this.credentials.realm}"`]
    const written = protocol.map(([name, value]) => `${name}="${encode(value)}"`)
    const header = `OAuth ${[...shownRealm, ...written, `oauth_signature="${(spec.writeSignature ?? encode)(signature)}"`].join(', ')}`
    return spec.sentHeader?.(header) ?? header
  }

  /** The request as a `Request`. */
  request(spec: Spec): Request {
    const { method = 'GET', target, form, body, headers = {} } = spec
    const formBody = form?.map(([name, value]) => `${encode(name)}=${encode(value)}`).join('&')
    const type = form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    return new Request(this.origin + target, {
      method,
      headers: { authorization: this.authorization(spec), ...type, ...headers },
      ...(method === 'GET' ? {} : { body: formBody ?? body ?? '' }),
    })
  }

  send(spec: Spec): Promise<Response> {
    return this.sandbox.handle(this.request(spec))
  }

  /** The access token secret, decrypted by raw RSA. */
  secret(ciphertext: string = this.credentials.accessTokenSecret): Buffer {
    const block = privateDecrypt(
      { key: this.credentials.encryptionKey, padding: constants.RSA_NO_PADDING },
      Buffer.from(ciphertext, 'base64'),
    )
    return block.subarray(block.indexOf(0, 2) + 1)
  }

  /** What a right request for a live session token looks like. */
  lstSpec(
    secret: Buffer = this.secret(),
    exponent: bigint = BigInt(`0x${randomBytes(32).toString('hex')}`),
  ): Spec {
    const challenge = power(2n, exponent, this.prime).toString(16)
    return {
      method: 'POST',
      target: '/v1/api/oauth/live_session_token',
      key: { rsa: this.credentials.signingKey },
      prefix: secret.toString('hex'),
      extra: [['diffie_hellman_challenge', challenge]],
    }
  }

  get prime(): bigint {
    return BigInt(`0x${this.credentials.dhPrime}`)
  }

  /** A live session token, with the K it comes from. */
  async liveSessionToken(
    options: { readonly secret?: Buffer; readonly token?: string } = {},
  ): Promise<{ readonly lst: Buffer; readonly k: bigint; readonly reply: Record<string, unknown> }> {
    const { secret = this.secret(), token } = options
    const exponent = BigInt(`0x${randomBytes(32).toString('hex')}`)
    const spec = { ...this.lstSpec(secret, exponent), ...(token === undefined ? {} : { token }) }
    const response = await this.send(spec)
    const reply = (await response.json()) as Record<string, unknown>
    const k = power(BigInt(`0x${reply.diffie_hellman_response}`), exponent, this.prime)
    return { lst: createHmac('sha1', javaBytes(k)).update(secret).digest(), k, reply }
  }
}

/** As `java.math.BigInteger.toByteArray()`. */
export function javaBytes(value: bigint): Buffer {
  const digits = value.toString(16)
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  return value.toString(2).length % 8 === 0 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes
}

export function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n
  for (let rest = exponent, square = base % modulus; rest > 0n; rest >>= 1n) {
    if (rest % 2n === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

function join(pairs: readonly Pair[], part: (text: string) => string, order: Spec['order']): string {
  const encoded = pairs.map(([name, value]): Pair => [part(name), part(value)])
  if (order === 'encoded') {
    encoded.sort((a, b) => (a[0] === b[0] ? Number(a[1] > b[1]) - Number(a[1] < b[1]) : a[0] < b[0] ? -1 : 1))
  }
  const joined = encoded.map(([name, value]) => `${name}=${value}`)
  return (order === 'joined' ? joined.sort() : joined).join('&')
}

/** A sandbox in memory with the keys of this test run, and a client for it. */
export async function connect(
  options: CreateSandboxOptions = {},
): Promise<{ readonly sandbox: Sandbox; readonly client: IndependentClient }> {
  const sandbox = await createSandbox({
    origin: 'http://127.0.0.1:4000',
    ...options,
    credentials: { ...testKeys(), ...options.credentials },
  })
  return { sandbox, client: new IndependentClient(sandbox, options.now) }
}

/** The keys of this test run as credentials. */
export function testKeys(): {
  readonly signingKey: string
  readonly encryptionKey: string
  readonly oauth2: { readonly privateKey: string }
} {
  const { signing, encryption, oauth2 } = inject('keys')
  return { signingKey: signing, encryptionKey: encryption, oauth2: { privateKey: oauth2 } }
}
