import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  createClientAssertion,
  createEchoHttpsRequest,
  createSsoBrowserSessionRequest,
  createSsoSessionRequest,
  createTokenRequest,
  importSigningKey,
  type Reply,
  readEchoResponse,
  readProblem,
  readSsoBrowserSessionResponse,
  readSsoSessionResponse,
  readTokenResponse,
  type SentRequest,
  type SsoJwtError,
} from '../src/index.ts'
import { failure } from './support/errors.ts'
import { rfcJwk } from './support/keys.ts'

const signingKey = await importSigningKey(rfcJwk)
const client = { clientId: 'TESTCLIENT', clientKeyId: 'main' }
const accessToken = 'opaque~Access+Token/of-IBKR=='
const clientAssertion = await createClientAssertion(client, signingKey)
const tokenRequest = createTokenRequest({ clientAssertion, scope: 'sso-sessions.write' })
const user = { accessToken, credential: 'user123', ip: '8.8.8.8' }
const sessionRequest = await createSsoSessionRequest(user, client, signingKey)
const browserRequest = await createSsoBrowserSessionRequest(user, client, signingKey)
const echoRequest = createEchoHttpsRequest({ accessToken })

const refusal = (said: string): Reply => ({
  status: 401,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({
    type: said,
    title: said,
    detail: `no: ${said}!`,
    instance: said,
    invalidArguments: [{ field: said, description: said }],
  }),
})
const shownBy = (error: SsoJwtError | undefined): string =>
  [
    error?.message,
    error?.stack,
    JSON.stringify(error),
    error?.type,
    error?.title,
    error?.detail,
    error?.instance,
  ].join()

const encodings: readonly (readonly [string, (secret: string) => string])[] = [
  ['as it was sent', (secret) => secret],
  ['percent-encoded', encodeURIComponent],
  [
    'percent-encoded in small letters',
    (secret) => encodeURIComponent(secret).replace(/%../g, (c) => c.toLowerCase()),
  ],
  ['percent-encoded twice', (secret) => encodeURIComponent(encodeURIComponent(secret))],
  ['in base64', (secret) => Buffer.from(secret).toString('base64')],
  ['in base64url', (secret) => Buffer.from(secret).toString('base64url')],
  ['in hex', (secret) => Buffer.from(secret).toString('hex')],
  ['in large hex', (secret) => Buffer.from(secret).toString('hex').toUpperCase()],
  ['in quotes, in JSON', (secret) => JSON.stringify({ token: secret }).replaceAll('/', '\\/')],
  ['in a header', (secret) => `authorization: Bearer ${secret}, x`],
  ['in a form', (secret) => `grant_type=x&client_assertion=${secret}&y`],
  ['in an encoded form', (secret) => `grant_type%3Dx%26client_assertion%3D${secret}`],
  ['behind %22', (secret) => `%22${secret}%22`],
  ['behind a letter', (secret) => `token_${secret}`],
  ['behind much else', (secret) => `${'so it is '.repeat(40)}${secret}`],
  ['in the middle of a long text', (secret) => `${'x '.repeat(140)}${secret}`],
]

describe('what was sent and comes back', () => {
  const secrets: readonly (readonly [string, SentRequest, string])[] = [
    ['bearer', echoRequest, accessToken],
    ['assertion', tokenRequest, clientAssertion],
    ['signature of the assertion', tokenRequest, clientAssertion.slice(clientAssertion.lastIndexOf('.') + 1)],
    ['signed body', sessionRequest, sessionRequest.body],
    [
      'signature of the body',
      sessionRequest,
      sessionRequest.body.slice(sessionRequest.body.lastIndexOf('.') + 1),
    ],
    ['bearer of a signed request', sessionRequest, accessToken],
  ]
  const cases = secrets.flatMap(([what, sent, secret]) =>
    encodings.map(([how, encode]) => ({ what, how, sent, said: encode(secret), secret })),
  )

  it.each(cases)('is hidden: $what, $how', ({ sent, said, secret }) => {
    const shown = shownBy(readProblem(refusal(said), sent))
    for (const spelling of [secret, encodeURIComponent(secret), Buffer.from(secret).toString('hex')])
      expect(shown).not.toContain(spelling.slice(0, 12))
    expect(shown).not.toContain(secret.slice(-16))
  })

  it('is hidden by every function that reads a reply', async () => {
    const body = (secret: string) => refusal(`unknown token ${secret}`)
    const readers: readonly (readonly [string, () => unknown])[] = [
      [clientAssertion, () => readTokenResponse(body(clientAssertion), tokenRequest)],
      [accessToken, () => readSsoSessionResponse(body(accessToken), sessionRequest)],
      [accessToken, () => readSsoBrowserSessionResponse(body(accessToken), { request: browserRequest })],
      [accessToken, () => readEchoResponse(body(accessToken), echoRequest)],
    ]
    for (const [secret, read] of readers) {
      const shown = shownBy(await failure('ERR_SSO_JWT_REFUSED', read))
      expect(shown).toContain('[masked]')
      expect(shown).not.toContain(secret.slice(0, 12))
    }
  })

  it('is hidden where it is short of what a token looks like, once the request is known', () => {
    const sent = { headers: { authorization: 'Bearer short-abc' } }
    expect(readProblem(refusal('no short-abc'), sent)?.title).toBe('no [masked]')
  })

  it.each([{ Authorization: 'Bearer short-abc' }, new Headers({ authorization: 'Bearer short-abc' })])(
    'is found in headers of any kind',
    (headers) => {
      expect(readProblem(refusal('no short-abc'), { headers })?.title).toBe('no [masked]')
    },
  )

  it('is hidden in a body where it does not look like a token', async () => {
    const scope = ['sso-sessions.write']
    const wordy = {
      scope,
      body: 'client_assertion=wordy-header.wordy-payload.wordy-signature&scope=sso-sessions.write',
    }
    const said = refusal('bad wordy-payload and wordy-signature for sso-sessions.write')
    expect(readProblem(said, wordy)?.title).toBe('bad [masked] and [masked] for sso-sessions.write')
    const error = await failure('ERR_SSO_JWT_REFUSED', () => readTokenResponse(said, wordy))
    expect(error.title).toBe('bad [masked] and [masked] for sso-sessions.write')
  })

  it('of megabytes is hidden by its signature', async () => {
    const huge = { ...sessionRequest, body: `${'A'.repeat(2_000_000)}.${sessionRequest.body}` }
    const signature = sessionRequest.body.slice(sessionRequest.body.lastIndexOf('.') + 1)
    expect(shownBy(readProblem(refusal(signature), huge))).not.toContain(signature.slice(0, 20))
  })
})

describe('what looks like a token', () => {
  const opaque = '6f531f8fd316915af53f'
  it.each([
    ...encodings.map(([how, encode]) => [how, encode(opaque), opaque]),
    ['a JWS', `bad ${clientAssertion}`, clientAssertion],
    ['a JWS behind a letter', `token_${clientAssertion}`, clientAssertion],
    ['a JWS behind %22', `%22${clientAssertion}%22`, clientAssertion],
  ])('is hidden without the request: %s', (_, said, secret) => {
    expect(shownBy(readProblem(refusal(said)))).not.toContain(secret.slice(0, 16))
  })
})

describe('text of a server', () => {
  it('is one line of 300 characters at most, without what steers a terminal or hides text', () => {
    const characters = fc.array(
      fc.oneof(
        fc.constantFrom(...'\u202e\u2066\u200b\ufeff\u0000\u001b[31m\r\n\u2028\u0085\u00ad\u115f\ud800 x'),
        fc.string(),
        fc.constant('word '),
      ),
      { maxLength: 400, size: 'max' },
    )
    fc.assert(
      fc.property(characters, fc.integer({ min: 300, max: 599 }), (parts, status) => {
        const error = readProblem({ ...refusal(parts.join('')), status })
        for (const text of [error?.message, error?.title, error?.detail, error?.instance, error?.type]) {
          expect(text ?? '').not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)
          expect((text ?? '').length).toBeLessThanOrEqual(300)
        }
      }),
    )
  })

  it('leaves room for the remedy', () => {
    const error = readProblem({ ...refusal('long text '.repeat(500)), status: 403 })
    for (const text of [error?.message, error?.title, error?.detail])
      expect(text?.length).toBeLessThanOrEqual(300)
    const scope = readProblem({ ...refusal(`no scope ${'long text '.repeat(500)}`), status: 403 })
    expect(scope?.message).toContain(scope?.remedy)
    expect(scope?.message.length).toBeLessThanOrEqual(300)
  })

  it('is cut at a word, so that no half of a token is left', () => {
    const title = `${' '.repeat(8180)}${accessToken}`
    expect(shownBy(readProblem({ status: 500, headers: {}, body: title }, echoRequest))).not.toContain(
      'opaque',
    )
    expect(
      shownBy(
        readProblem({ status: 500, headers: {}, body: `${accessToken}${'='.repeat(9000)}` }, echoRequest),
      ),
    ).not.toContain('opaque')
  })
})

describe('bodies', () => {
  const headers = {}
  it('of more than 1 MiB are not read', async () => {
    const body = `{"access_token":"x","padding":"${'x'.repeat(1_048_576)}"}`
    for (const large of [body, new TextEncoder().encode(body)]) {
      const error = await failure('ERR_SSO_JWT_INVALID_RESPONSE', () =>
        readTokenResponse({ status: 200, headers, body: large }, tokenRequest),
      )
      expect(error.message).toContain('1 MiB')
      expect(readProblem({ status: 500, headers, body: large })?.status).toBe(500)
    }
  })

  it('may be missing, and so may headers', () => {
    for (const reply of [
      { status: 502 },
      { status: 502, headers: null, body: null },
      { status: 502, body: 'Bad gateway' },
    ])
      expect(readProblem(reply as unknown as Reply)).toMatchObject({
        code: 'ERR_SSO_JWT_REFUSED',
        status: 502,
      })
  })
})
