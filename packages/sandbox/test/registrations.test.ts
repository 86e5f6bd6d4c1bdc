import { describe, expect, inject, it } from 'vitest'
import { createSandbox, isSandboxError, type SandboxCredentials } from '../src/index.ts'
import { IndependentClient, testKeys } from './independent-client.ts'

const users = [
  { username: 'papertrader', accounts: ['DU1111111', 'DU2222222'] },
  { username: 'livetrader', accounts: ['U7654321'] },
]

async function three(): Promise<readonly IndependentClient[]> {
  const other = inject('keys').other
  const sandbox = await createSandbox({
    origin: 'http://127.0.0.1:4000',
    credentials: [
      { ...testKeys(), users, username: 'papertrader', accessTokens: [{ username: 'livetrader' }] },
      {
        consumerKey: 'SECONDKEY',
        signingKey: other,
        encryptionKey: other,
        username: 'livetrader',
        firstParty: true,
      },
      {
        consumerKey: 'TESTCONS',
        ...testKeys(),
        oauth2: { ...testKeys().oauth2, clientId: 'third', credential: 'livetrader' },
      },
    ],
  })
  return sandbox.registrations.map((credentials) => new ClientOf(sandbox, credentials))
}

/** A client with the credentials of one of several registrations. */
class ClientOf extends IndependentClient {
  constructor(sandbox: IndependentClient['sandbox'], credentials: SandboxCredentials) {
    super({ ...sandbox, credentials } as IndependentClient['sandbox'])
  }
}

const json = async (response: Promise<Response>): Promise<unknown> => (await response).json()

describe('several registrations', () => {
  it('sign in side by side, each with its own keys, realm and accounts', async () => {
    const clients = await three()
    const seen: unknown[] = []
    for (const client of clients) {
      const { lst } = await client.liveSessionToken()
      seen.push(await json(client.send({ target: '/v1/api/portfolio/accounts', key: { hmac: lst } })))
    }
    expect(seen).toMatchObject([
      [{ id: 'DU1111111', type: 'DEMO' }, { id: 'DU2222222' }],
      [{ id: 'U7654321', type: 'INDIVIDUAL' }],
      [{ id: 'DU1234567' }],
    ])
    expect(clients.map(({ credentials }) => credentials.realm)).toEqual([
      'limited_poa',
      'limited_poa',
      'test_realm',
    ])
  })

  it('do not open for the keys or tokens of another one', async () => {
    const [first, second] = (await three()) as [IndependentClient, IndependentClient]
    const stolen = { ...second.lstSpec(), token: first.credentials.accessToken }
    expect((await second.send(stolen)).status).toBe(401)
    expect(first.sandbox.log.last?.explanation?.mistake).toBe('unknown-token')
    expect(
      (await second.send({ ...second.lstSpec(), key: { rsa: first.credentials.signingKey } })).status,
    ).toBe(401)
    expect(first.sandbox.log.last?.explanation?.detail).toMatch(/Neither of the registered keys/)
  })

  it('have further access tokens, whose usernames hold brokerage sessions of their own', async () => {
    const [client] = (await three()) as [IndependentClient]
    const [further] = client.credentials.accessTokens
    const { lst } = await client.liveSessionToken()
    const secret = client.secret(further?.accessTokenSecret)
    const token = further?.accessToken as string
    const { lst: live } = await client.liveSessionToken({ secret, token })
    const init = { method: 'POST', target: '/v1/api/iserver/auth/ssodh/init' }
    for (const spec of [{ key: { hmac: lst } }, { key: { hmac: live }, token }]) {
      expect(await json(client.send({ ...init, ...spec }))).toMatchObject({
        authenticated: true,
        competing: false,
      })
      await client.send({ target: '/v1/api/iserver/accounts', ...spec })
    }
    const accounts = client.send({ target: '/v1/api/iserver/accounts', key: { hmac: live }, token })
    expect(await json(accounts)).toMatchObject({ accounts: ['U7654321'], isPaper: false })
  })

  it('are paper or live as the username is that approved', async () => {
    const [client] = (await three()) as [IndependentClient]
    for (const [username, isPaper] of [
      ['papertrader', true],
      ['livetrader', false],
    ] as const) {
      const request = { method: 'POST', key: { rsa: client.credentials.signingKey } }
      const extra = [['oauth_callback', 'oob']] as const
      const issued = client.send({ ...request, target: '/v1/api/oauth/request_token', token: null, extra })
      const { oauth_token: token } = (await json(issued)) as { oauth_token: string }
      const { verifier, callbackUrl } = client.sandbox.approve(token, { username, redirectUri: '/back' })
      expect(callbackUrl).toBe(`http://127.0.0.1:8914/back?oauth_token=${token}&oauth_verifier=${verifier}`)
      expect(() => client.sandbox.approve(token)).toThrow(/decided on before/)
      const exchange = { ...request, target: '/v1/api/oauth/access_token', token }
      expect(await json(client.send({ ...exchange, extra: [['oauth_verifier', verifier]] }))).toMatchObject({
        is_paper: isPaper,
      })
    }
    expect(() => client.sandbox.approve('none')).toThrow(/not a request token/)
  })

  it('may be first-party one by one', async () => {
    const [first, second] = (await three()) as [IndependentClient, IndependentClient]
    const ask = (client: IndependentClient): Promise<Response> =>
      client.send({
        method: 'POST',
        target: '/v1/api/oauth/request_token',
        key: { rsa: client.credentials.signingKey },
        token: null,
        extra: [['oauth_callback', 'oob']],
      })
    expect([(await ask(first)).status, (await ask(second)).status]).toEqual([200, 403])
  })

  it('are approved over HTTP too', async () => {
    const [client] = (await three()) as [IndependentClient]
    const issued = client.send({
      method: 'POST',
      target: '/v1/api/oauth/request_token',
      key: { rsa: client.credentials.signingKey },
      token: null,
      extra: [['oauth_callback', 'oob']],
    })
    const { oauth_token: requestToken } = (await json(issued)) as { oauth_token: string }
    const approve = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
      client.sandbox.handle(
        new Request(`${client.origin}/_sandbox/approve`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
        }),
      )
    expect((await approve({ requestToken }, { origin: 'https://else.where' })).status).toBe(403)
    for (const body of [{}, { requestToken: 7 }, { requestToken, username: 'nobody' }, []]) {
      expect((await approve(body)).status).toBe(400)
    }
    expect(await json(approve({ requestToken }))).toEqual({
      verifier: expect.stringMatching(/^[\da-f]{20}$/),
      callbackUrl: expect.stringContaining(requestToken),
    })
    expect((await approve({ requestToken })).status).toBe(400)
  })

  it('are refused where they cannot be told apart, or say no account', async () => {
    for (const [credentials, message] of [
      [[{ consumerKey: 'A' }, { consumerKey: 'A' }], 'consumerKey'],
      [[{ accessToken: 'a' }, { accessToken: 'a' }], 'accessToken'],
      [[{ oauth2: { clientId: 'a' } }, { oauth2: { clientId: 'a' } }], 'oauth2.clientId'],
      [[], 'at least one'],
      [{ users: [{ username: 'x', accounts: [] }] }, 'accounts'],
      [{ users: [{ username: 'x', accounts: ['no account'] }] }, 'accounts'],
    ] as const) {
      const keys = testKeys()
      const given = Array.isArray(credentials)
        ? credentials.map((one) => ({
            signingKey: keys.signingKey,
            encryptionKey: keys.encryptionKey,
            ...one,
          }))
        : { ...keys, ...credentials }
      const error: unknown = await createSandbox({ credentials: given }).catch((reason: unknown) => reason)
      expect(`${isSandboxError(error) && error.code} ${error instanceof Error && error.message}`).toContain(
        message,
      )
    }
  })
})

describe('live session tokens', () => {
  it('are good in the number that the option says; one that was pushed out is told as such', async () => {
    const sandbox = await createSandbox({ credentials: testKeys(), liveSessionTokensPerAccessToken: 2 })
    const client = new IndependentClient(sandbox)
    const tokens: Buffer[] = []
    for (let count = 0; count < 4; count++) tokens.push((await client.liveSessionToken()).lst)
    const statuses: number[] = []
    for (const hmac of tokens)
      statuses.push((await client.send({ target: '/v1/api/x', key: { hmac } })).status)
    expect(statuses).toEqual([401, 401, 404, 404])
    for (const hmac of tokens.slice(0, 2)) {
      await client.send({ target: '/v1/api/x', key: { hmac } })
      expect(sandbox.log.last?.explanation).toMatchObject({
        mistake: 'lst-replaced',
        detail: 'Newer ones have pushed it out.',
      })
    }
  })

  it('that end take the brokerage session along, by time as by fault, or not, by option', async () => {
    for (const tokenEndEndsBrokerageSession of [true, false]) {
      for (const way of ['time', 'fault'] as const) {
        let nowMs = Date.UTC(2026, 0, 5)
        const sandbox = await createSandbox({
          credentials: testKeys(),
          tokenEndEndsBrokerageSession,
          liveSessionTokenLifetimeMs: 100_000,
          now: () => nowMs,
        })
        const client = new IndependentClient(sandbox, () => nowMs)
        const { lst: old } = await client.liveSessionToken()
        const init = { method: 'POST', target: '/v1/api/iserver/auth/ssodh/init' }
        await client.send({ ...init, key: { hmac: old } })
        if (way === 'time') nowMs += 100_001
        else sandbox.faults.expireLiveSessionTokens()
        const { lst } = await client.liveSessionToken()
        expect(await json(client.send({ ...init, key: { hmac: lst } }))).toMatchObject({
          authenticated: tokenEndEndsBrokerageSession,
          competing: !tokenEndEndsBrokerageSession,
        })
      }
    }
  })

  it('look expired to a clock that was moved: then the clock is the reason', async () => {
    const sandbox = await createSandbox({ credentials: testKeys() })
    const client = new IndependentClient(sandbox)
    const { lst } = await client.liveSessionToken()
    const spec = { target: '/v1/api/portfolio/accounts', key: { hmac: lst } }
    sandbox.faults.setClockOffset(90_000_000)
    expect((await client.send(spec)).status).toBe(401)
    expect(sandbox.log.last?.explanation).toMatchObject({ mistake: 'clock-off' })
    sandbox.faults.setClockOffset(0)
    sandbox.faults.expireLiveSessionTokens()
    await client.send(spec)
    expect(sandbox.log.last?.explanation).toMatchObject({ mistake: 'lst-expired' })
  })
})

it.each([
  ['consumerKey', [{ consumerKey: 'TWICE' }, { consumerKey: 'TWICE' }]],
  ['accessToken', [{ accessToken: 'ab12' }, { accessToken: 'ab12' }]],
  ['accessToken', [{ accessToken: 'ab12', accessTokens: [{ accessToken: 'ab12', username: 'other' }] }]],
  ['oauth2.clientId', [{ oauth2: { clientId: 'twice' } }, { oauth2: { clientId: 'twice' } }]],
])('a %s that is given twice is refused', async (field, inputs) => {
  const credentials = inputs.map((input) => ({ ...input, signingKey: testKeys().signingKey }))
  const started = createSandbox({
    credentials: credentials.map((one) => ({ ...one, encryptionKey: one.signingKey })),
  })
  await expect(started).rejects.toThrow(`credentials.${field} must be given once only`)
})
