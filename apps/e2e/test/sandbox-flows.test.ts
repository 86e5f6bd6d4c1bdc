import {
  beginExchange,
  decryptAccessTokenSecret,
  type LiveSessionToken,
  parseDhParams,
} from '@ibkr-auth/dh-live-session-token'
import {
  authorizationUrl,
  createAccessTokenRequest,
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  createRequestTokenRequest,
  hmacSha256,
  type ParametersIn,
  parseAuthorizationCallback,
  type QuerySigning,
  readAccessTokenResponse,
  readRequestTokenResponse,
  rsaSha256,
} from '@ibkr-auth/oauth1-signing'
import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import {
  createClientAssertion,
  createEchoHttpsRequest,
  createEchoSignedJwtRequest,
  createSsoBrowserSessionRequest,
  createSsoSessionRequest,
  createTokenRequest,
  importSigningKey,
  readEchoResponse,
  readSsoBrowserSessionResponse,
  readSsoSessionResponse,
  readTokenResponse,
} from '@ibkr-auth/sso-jwt'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface Sent {
  readonly status: number
  readonly headers: Headers
  readonly body: string
}

interface Built {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

async function send(request: Built): Promise<Sent> {
  const response = await fetch(request.url, { ...request, redirect: 'manual' })
  return { status: response.status, headers: response.headers, body: await response.text() }
}

let sandbox: RunningSandbox

beforeAll(async () => {
  sandbox = await startSandbox()
})

afterAll(() => sandbox.close())

const identity = (accessToken: string) => ({
  consumerKey: sandbox.credentials.consumerKey,
  realm: sandbox.credentials.realm,
  accessToken,
})

async function liveSessionToken(
  baseUrl: string,
  accessToken = sandbox.credentials.accessToken,
  ciphertext = sandbox.credentials.accessTokenSecret,
  parametersIn: ParametersIn = 'header',
): Promise<LiveSessionToken> {
  const { consumerKey, dhParams, encryptionKey, signingKey } = sandbox.credentials
  const accessTokenSecret = decryptAccessTokenSecret(ciphertext, encryptionKey)
  const exchange = beginExchange({ dhParams: parseDhParams(dhParams), accessTokenSecret })
  const signer = rsaSha256(signingKey)
  const options = { baseUrl, parametersIn }
  return exchange.complete(
    await send(
      await createLiveSessionTokenRequest({
        credentials: identity(accessToken),
        signer,
        exchange,
        ...options,
      }),
    ),
    consumerKey,
  )
}

function signed(
  request: { method: string; url: string; headers?: Record<string, string>; body?: string },
  token: LiveSessionToken,
  accessToken: string,
  querySigning: QuerySigning = 'rfc5849',
): Built {
  const authorization = createAuthorizationHeader(request, identity(accessToken), hmacSha256(token), {
    querySigning,
  })
  return { ...request, headers: { ...request.headers, authorization } }
}

let ordersPlaced = 0

/** From a session to an order, as every kind of login ends. */
async function work(call: (method: string, path: string, body?: unknown) => Promise<Sent>): Promise<void> {
  expect(JSON.parse((await call('GET', '/portfolio/accounts')).body)).toMatchObject([{ id: 'DU1234567' }])
  expect(await call('GET', '/iserver/marketdata/snapshot?conids=1')).toMatchObject({
    status: 400,
    body: expect.stringContaining('no bridge'),
  })
  const opened = await call('POST', '/iserver/auth/ssodh/init', { publish: true, compete: true })
  expect(JSON.parse(opened.body)).toMatchObject({ authenticated: true, connected: true, established: false })
  expect(await call('GET', '/iserver/account/orders')).toMatchObject({
    status: 500,
    body: expect.stringContaining('Please query /accounts first'),
  })
  expect(JSON.parse((await call('GET', '/iserver/accounts')).body)).toMatchObject({
    selectedAccount: 'DU1234567',
  })
  expect(JSON.parse((await call('POST', '/iserver/auth/status')).body)).toMatchObject({ established: true })
  const snapshot = await call('GET', '/iserver/marketdata/snapshot?conids=265598%2C8314&fields=31,84')
  expect(JSON.parse(snapshot.body)).toMatchObject([{ conid: 265598 }, { conid: 8314 }])
  // One id for each order: all logins trade the same account.
  const cOID = `mine-${++ordersPlaced}`
  const order = {
    conid: 8314,
    side: 'BUY',
    orderType: 'LMT',
    price: 160,
    quantity: 1,
    tif: 'DAY',
    cOID,
  }
  const whatIf = await call('POST', '/iserver/account/DU1234567/orders/whatif', { orders: [order] })
  expect(JSON.parse(whatIf.body)).toHaveProperty('amount.commission')
  expect((await call('POST', '/iserver/account/DU1234567/orders', { orders: [order] })).status).toBe(200)
  // The first request of the orders only has them fetched.
  await call('GET', '/iserver/account/orders')
  const { orders } = JSON.parse((await call('GET', '/iserver/account/orders')).body) as { orders: unknown[] }
  expect(orders.at(-1)).toMatchObject({ order_ref: cOID, side: 'BUY' })
  expect(JSON.parse((await call('POST', '/tickle')).body)).toHaveProperty(
    'iserver.authStatus.authenticated',
    true,
  )
  expect(JSON.parse((await call('POST', '/logout')).body)).toEqual({ status: true })
  expect((await call('POST', '/iserver/auth/ssodh/init', { publish: true, compete: false })).status).toBe(410)
}

function oauth1Calls(
  baseUrl: string,
  token: LiveSessionToken,
  accessToken: string,
  querySigning?: QuerySigning,
) {
  return (method: string, path: string, body?: unknown): Promise<Sent> => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    return send(signed({ method, url: baseUrl + path, headers, ...text }, token, accessToken, querySigning))
  }
}

describe('first-party OAuth 1.0a', () => {
  for (const querySigning of ['rfc5849', 'omit'] as const) {
    it(`goes from the live session token to an order and a logout, with ${querySigning}`, async () => {
      const { accessToken, baseUrl } = sandbox.credentials
      const token = await liveSessionToken(baseUrl)
      expect(token.remainingMs()).toBeGreaterThan(23 * 3_600_000)
      await work(oauth1Calls(baseUrl, token, accessToken, querySigning))
    })
  }
})

describe('third-party OAuth 1.0a', () => {
  async function requestToken(baseUrl: string, parametersIn: ParametersIn = 'header'): Promise<string> {
    const { consumerKey, realm, signingKey } = sandbox.credentials
    const options = { baseUrl, parametersIn }
    const request = await createRequestTokenRequest({
      credentials: { consumerKey, realm },
      signer: rsaSha256(signingKey),
      ...options,
    })
    return readRequestTokenResponse(await send(request)).requestToken
  }

  async function decide(page: string, decision: 'approve' | 'cancel'): Promise<string> {
    const html = await (await fetch(page)).text()
    const fields = [...html.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
    const body = new URLSearchParams(
      fields.map(([, name = '', value = '']): [string, string] => [name, value]),
    )
    body.set('decision', decision)
    const reply = await fetch(new URL('/authorize', page), { method: 'POST', body, redirect: 'manual' })
    expect(reply.status).toBe(303)
    return reply.headers.get('location') ?? ''
  }

  it('goes from the request token over approval to an order', async () => {
    const { baseUrl, consumerKey, realm, signingKey, authorizeUrl, callbackUrl } = sandbox.credentials
    const token = await requestToken(baseUrl)
    const location = await decide(authorizationUrl({ requestToken: token, authorizeUrl }), 'approve')
    expect(location.startsWith(`${callbackUrl}?`)).toBe(true)
    const callback = parseAuthorizationCallback(location, { requestToken: token })
    if (!('verifier' in callback)) throw new Error('The callback has no verifier')
    const { verifier } = callback
    const exchange = await createAccessTokenRequest({
      credentials: { consumerKey, realm },
      signer: rsaSha256(signingKey),
      requestToken: token,
      verifier,
      baseUrl,
    })
    const granted = readAccessTokenResponse(await send(exchange))
    expect(granted).toMatchObject({ isPaper: true })
    const { accessToken, accessTokenSecret } = granted
    const ciphertext = typeof accessTokenSecret === 'string' ? accessTokenSecret : accessTokenSecret.reveal()
    const live = await liveSessionToken(baseUrl, accessToken, ciphertext)
    await work(oauth1Calls(baseUrl, live, accessToken))
  })

  it('comes back with nothing after a cancellation, on the path that was asked for', async () => {
    const { baseUrl, authorizeUrl, callbackUrl } = sandbox.credentials
    const token = await requestToken(baseUrl)
    const page = authorizationUrl({ requestToken: token, authorizeUrl, redirectUri: '/elsewhere/back' })
    const location = await decide(page, 'cancel')
    expect(location).toBe(new URL('/elsewhere/back', callbackUrl).href)
    expect(parseAuthorizationCallback(location, { requestToken: token })).not.toHaveProperty('verifier')
  })

  it('works under the legacy base, with the parameters in a JSON body', async () => {
    const baseUrl = `${sandbox.url}/tradingapi/v1`
    const { accessToken, accessTokenSecret } = sandbox.credentials
    expect(await requestToken(baseUrl, 'json')).toMatch(/^[\da-f]{20}$/)
    const token = await liveSessionToken(baseUrl, accessToken, accessTokenSecret, 'json')
    const call = oauth1Calls(baseUrl, token, accessToken)
    expect(JSON.parse((await call('GET', '/accounts')).body)).toEqual({ accounts: ['DU1234567'] })
    expect(JSON.parse((await call('GET', '/marketdata/snapshot?conid=8314')).body)).toHaveProperty(
      'Trade.price',
    )
    const form =
      'CustomerOrderId=ibm1&ContractId=8314&Quantity=100&Price=100&OrderType=Limit&TimeInForce=DAY&Side=BUY'
    for (const path of ['orders', 'order_impact']) {
      const request = {
        method: 'POST',
        url: `${baseUrl}/accounts/DU1234567/${path}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: form,
      }
      expect((await send(signed(request, token, accessToken))).status).toBe(200)
    }
  })
})

describe('OAuth 2.0', () => {
  it('goes from the assertion over the SSO session to an order; each bearer opens its own half', async () => {
    const { oauth2, baseUrl } = sandbox.credentials
    const client = { clientId: oauth2.clientId, clientKeyId: oauth2.keyId }
    const key = await importSigningKey(oauth2.privateKey)
    const origin = { baseUrl: sandbox.url }
    const clientAssertion = await createClientAssertion(client, key)
    const request = createTokenRequest({ clientAssertion, scope: oauth2.scopes }, origin)
    const { accessToken } = readTokenResponse(await send(request), request)

    expect(readEchoResponse(await send(createEchoHttpsRequest({ accessToken }, origin)))).toMatchObject({
      requestMethod: 'GET',
      securityPolicy: 'HTTPS',
    })
    const echo = await createEchoSignedJwtRequest({ accessToken }, client, key, origin)
    expect(readEchoResponse(await send(echo))).toMatchObject({
      requestMethod: 'POST',
      securityPolicy: 'SIGNED_JWT',
    })

    const claims = { accessToken, credential: oauth2.credential, ip: '203.0.113.7' }
    const browserRequest = await createSsoBrowserSessionRequest(claims, client, key, origin)
    const browser = readSsoBrowserSessionResponse(await send(browserRequest))
    const page = browser.url.reveal().replace('https:', 'http:')
    expect(await (await fetch(page)).text()).toContain(oauth2.credential)
    expect((await fetch(page)).status).toBe(401)

    const sessionRequest = await createSsoSessionRequest(claims, client, key, origin)
    const session = readSsoSessionResponse(await send(sessionRequest), sessionRequest)
    const bearer = session.accessToken.reveal()
    const call = (method: string, path: string, body?: unknown): Promise<Sent> =>
      send({
        method,
        url: baseUrl + path,
        headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    expect(JSON.parse((await call('GET', '/sso/validate')).body)).toMatchObject({
      CREDENTIAL: oauth2.credential,
    })
    await work(call)

    const wrongHalf = await send({
      method: 'GET',
      url: `${baseUrl}/portfolio/accounts`,
      headers: { authorization: `Bearer ${accessToken.reveal()}` },
    })
    expect(wrongHalf.status).toBe(401)
    expect(sandbox.log.last?.explanation?.mistake).toBe('wrong-bearer')
    const otherHalf = await send(createEchoHttpsRequest({ accessToken: bearer }, origin))
    expect(otherHalf.status).toBe(401)
    expect(sandbox.log.last?.explanation?.mistake).toBe('wrong-bearer')
  })
})
