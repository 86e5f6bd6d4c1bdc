import { beginExchange, decryptAccessTokenSecret, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import {
  authorizationUrl,
  createAccessTokenRequest,
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  createRequestTokenRequest,
  hmacSha256,
  parseAuthorizationCallback,
  readAccessTokenResponse,
  readRequestTokenResponse,
  rsaSha256,
} from '@ibkr-auth/oauth1-signing'
import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import {
  createClientAssertion,
  createSsoSessionRequest,
  createTokenRequest,
  importSigningKey,
  readSsoSessionResponse,
  readTokenResponse,
} from '@ibkr-auth/sso-jwt'
import { bearer, createTransport } from '@ibkr-auth/transport'
import { createSession, type Session } from '@ibkr-auth/transport/session'
import { describe, expect, test } from 'vitest'

const lifetimeMs = 4_000
const loadMs = 9_000
const pauseMs = 25
const parallel = 64

/** The sandbox knows no allowance; a load of 64 at once would spend most of its time in the queue of the real one's. */
const common = { pacing: false, brokerage: { settleMs: 0 } } as const

interface UserToken {
  readonly accessToken: string
  readonly accessTokenSecret: string
}

/** OAuth 1.0a: a live session token for one access token. */
function oauth1Session(sandbox: RunningSandbox, token: UserToken): Session {
  const { consumerKey, realm, signingKey, encryptionKey, dhParams, baseUrl } = sandbox.credentials
  const credentials = { consumerKey, realm, accessToken: token.accessToken }
  const accessTokenSecret = decryptAccessTokenSecret(token.accessTokenSecret, encryptionKey)
  const parameters = parseDhParams(dhParams)
  return createSession({
    ...common,
    baseUrl,
    async establish({ transport, now }) {
      const exchange = beginExchange({ dhParams: parameters, accessTokenSecret }, { now })
      const request = await createLiveSessionTokenRequest({
        credentials,
        signer: rsaSha256(signingKey),
        exchange,
        baseUrl,
        now,
      })
      const reply = await transport.request({ ...request, throwHttpErrors: false })
      const liveSessionToken = exchange.complete(reply, consumerKey)
      const signer = hmacSha256(liveSessionToken)
      return {
        // An end only seconds away could as well be the time of computation, and is read as that: here it is known.
        expiresAtMs: reply.json<{ live_session_token_expiration: number }>().live_session_token_expiration,
        authorize: (attempt) => ({
          authorization: createAuthorizationHeader(attempt, credentials, signer, { now: attempt.now }),
        }),
        close: () => liveSessionToken.dispose(),
      }
    },
  })
}

/** OAuth 2.0: an access token, and with it an SSO session of a few seconds. */
async function ssoSession(sandbox: RunningSandbox): Promise<Session> {
  const { oauth2, baseUrl, url } = {
    ...sandbox.credentials,
    oauth2: sandbox.credentials.oauth2,
    url: sandbox.url,
  }
  const identity = { clientId: oauth2.clientId, clientKeyId: oauth2.keyId }
  const key = await importSigningKey(oauth2.privateKey)
  const origin = new URL(url).origin
  const gateway = createTransport({ baseUrl: origin, throwHttpErrors: false })
  return createSession({
    ...common,
    baseUrl,
    username: oauth2.credential,
    async establish({ signal }) {
      const clientAssertion = await createClientAssertion(identity, key)
      const asked = createTokenRequest({ clientAssertion, scope: 'sso-sessions.write' }, { baseUrl: origin })
      const { accessToken } = readTokenResponse(await gateway.request({ ...asked, signal }), asked)
      const input = { accessToken, credential: oauth2.credential, ip: '203.0.113.7' }
      const lifetimeSeconds = lifetimeMs / 1_000
      const request = await createSsoSessionRequest(input, identity, key, {
        baseUrl: origin,
        lifetimeSeconds,
      })
      const sso = readSsoSessionResponse(await gateway.request({ ...request, signal }), request)
      return { expiresAtMs: sso.expiresAtMs, authorize: bearer(() => sso.accessToken.reveal()) }
    },
  })
}

/** What a third party does once for each user: request token, consent on the page, access token. */
async function userToken(sandbox: RunningSandbox): Promise<UserToken> {
  const { consumerKey, realm, signingKey, baseUrl, authorizeUrl } = sandbox.credentials
  const signer = rsaSha256(signingKey)
  const credentials = { consumerKey, realm }
  await using transport = createTransport({ baseUrl, throwHttpErrors: false })
  const asked = await createRequestTokenRequest({ credentials, signer, baseUrl })
  const { requestToken } = readRequestTokenResponse(await transport.request(asked))
  const callbackUrl = await approve(authorizationUrl({ requestToken, authorizeUrl }))
  const callback = parseAuthorizationCallback(callbackUrl, { requestToken })
  if (callback.outcome === 'cancelled') throw new Error('the page was left without consent')
  const exchange = await createAccessTokenRequest({ credentials, signer, ...callback, baseUrl })
  const { accessToken, accessTokenSecret } = readAccessTokenResponse(await transport.request(exchange))
  return { accessToken, accessTokenSecret: accessTokenSecret.reveal() }
}

/** Presses the button as a browser would. */
async function approve(url: string): Promise<string> {
  const html = await (await fetch(url)).text()
  const inputs = html.matchAll(/<input[^>]*\sname="([^"]*)"[^>]*\svalue="([^"]*)"/g)
  const body = new URLSearchParams(
    [...inputs].map(([, name = '', value = '']): [string, string] => [name, value]),
  )
  const [, button = ''] = /<button[^>]*\sname="([^"]*)"[^>]*\svalue="approve"/.exec(html) ?? []
  body.append(button, 'approve')
  const action = new URL(/<form[^>]*\saction="([^"]*)"/.exec(html)?.[1] ?? '', url)
  const headers = { origin: action.origin }
  const reply = await fetch(action, { method: 'POST', body, headers, redirect: 'manual' })
  return reply.headers.get('location') ?? ''
}

interface Load {
  readonly succeeded: number
  readonly failed: readonly unknown[]
}

/** Sixty-four callers that ask again soon after they are answered, for as long as several tokens live. */
async function load(session: Session): Promise<Load> {
  const untilMs = Date.now() + loadMs
  let succeeded = 0
  const failed: unknown[] = []
  const caller = async (index: number): Promise<void> => {
    const path = index % 2 === 0 ? '/portfolio/accounts' : '/iserver/accounts'
    while (Date.now() < untilMs) {
      try {
        await session.get(path)
        succeeded += 1
      } catch (error) {
        failed.push(error)
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  await Promise.all(Array.from({ length: parallel }, (_, index) => caller(index)))
  return { succeeded, failed }
}

type Flow = readonly [
  name: string,
  firstParty: boolean,
  exchange: string,
  create: (sandbox: RunningSandbox) => Promise<Session>,
]

const flows: readonly Flow[] = [
  [
    'first-party',
    true,
    '/v1/api/oauth/live_session_token',
    async (sandbox) => oauth1Session(sandbox, sandbox.credentials),
  ],
  [
    'third-party',
    false,
    '/v1/api/oauth/live_session_token',
    async (sandbox) => oauth1Session(sandbox, await userToken(sandbox)),
  ],
  ['SSO', true, '/gw/api/v1/sso-sessions', ssoSession],
]

describe.each(flows)('a %s session with a life of seconds', (_, firstParty, exchange, create) => {
  test('is renewed under a load of 64, and no caller notices', async () => {
    const options = { firstParty, liveSessionTokenLifetimeMs: lifetimeMs, logCapacity: 200_000 }
    await using sandbox = await startSandbox(options)
    await using session = await create(sandbox)
    await session.ready({ brokerage: true })
    const { succeeded, failed } = await load(session)
    expect(failed).toEqual([])
    expect(succeeded).toBeGreaterThan(parallel)
    const { established, state } = session.status()
    expect(established).toBeGreaterThanOrEqual(3)
    expect(sandbox.log.entries.filter(({ target }) => target === exchange)).toHaveLength(established)
    expect(['active', 'renewing']).toContain(state)
    // The last renewal may be so fresh that the brokerage session still settles: it has to get there by itself.
    await expect
      .poll(() => session.status().brokerage.state, { timeout: 10_000 })
      .toMatch(/^(open|checking)$/)
  })

  test('survives a reset of everything in the middle of it', async () => {
    await using sandbox = await startSandbox({ firstParty })
    await using session = await create(sandbox)
    await session.ready({ brokerage: true })
    sandbox.faults.expireLiveSessionTokens()
    const calls = Array.from({ length: parallel }, () => session.get('/iserver/accounts'))
    const replies = await Promise.all(calls)
    expect(replies.every(({ status }) => status === 200)).toBe(true)
    expect(session.status().established).toBeLessThanOrEqual(2)
  })
})

test('a login elsewhere is reported, and ended only at the caller’s word', async () => {
  await using sandbox = await startSandbox({ firstParty: true })
  await using session = oauth1Session(sandbox, sandbox.credentials)
  sandbox.faults.compete()
  await expect(session.get('/iserver/accounts')).rejects.toMatchObject({
    code: 'ERR_TRANSPORT_COMPETING_SESSION',
  })
  await session.openBrokerage({ takeOver: true })
  expect((await session.get('/iserver/accounts')).status).toBe(200)
})

test('wrong keys end a session at once, with the remedy of the package that knows it', async () => {
  await using sandbox = await startSandbox({ firstParty: true })
  const { accessToken } = sandbox.credentials
  await using other = await startSandbox({ firstParty: true })
  const { consumerKey, realm, signingKey, baseUrl } = {
    ...sandbox.credentials,
    signingKey: other.credentials.signingKey,
  }
  await using session = createSession({
    ...common,
    baseUrl,
    async establish({ transport }) {
      const dhParams = parseDhParams(sandbox.credentials.dhParams)
      const accessTokenSecret = new Uint8Array(32).fill(1)
      const exchange = beginExchange({ dhParams, accessTokenSecret })
      const credentials = { consumerKey, realm, accessToken }
      const request = await createLiveSessionTokenRequest({
        credentials,
        signer: rsaSha256(signingKey),
        exchange,
        baseUrl,
      })
      exchange.complete(await transport.request({ ...request, throwHttpErrors: false }), consumerKey)
      throw new Error('the sandbox took a signature of another key')
    },
  })
  await expect(session.ready()).rejects.toMatchObject({
    code: 'ERR_TRANSPORT_SESSION_FAILED',
    cause: { name: 'LiveSessionTokenError', status: 401 },
  })
})
