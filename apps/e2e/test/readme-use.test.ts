import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import {
  beginExchange,
  decryptAccessTokenSecret,
  type LiveSessionToken,
  parseDhParams,
} from '@ibkr-auth/dh-live-session-token'
import * as oauth1 from '@ibkr-auth/oauth1-signing'
import { createNonceStore, verifyRequest } from '@ibkr-auth/oauth1-signing/server'
import { createSandbox, type Sandbox } from '@ibkr-auth/sandbox'
import * as ssoJwt from '@ibkr-auth/sso-jwt'
import { importVerificationKey, verifySignedJwtBody } from '@ibkr-auth/sso-jwt/server'
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest'

// What the READMEs show of the protocol packages is run as it stands there, word for word: `fetch` leads to a sandbox that
// believes to be api.ibkr.com, the files lie in the folder, and what a snippet declares is given to it.

const root = fileURLToPath(new URL('../../..', import.meta.url))
const credentials = { consumerKey: 'ABCDEFGHI', accessToken: '0123456789abcdef0123', realm: 'limited_poa' }
const client = { clientId: 'MyFirm', clientKeyId: 'main' }
const before = process.cwd()
let folder: string
let sandbox: Sandbox
let liveSessionToken: LiveSessionToken

type Given = Readonly<Record<string, unknown>>
type Exports = Readonly<Record<string, unknown>>

beforeAll(async () => {
  const cache = fileURLToPath(new URL('../.cache/', import.meta.url))
  mkdirSync(cache, { recursive: true })
  folder = mkdtempSync(join(cache, 'readme-use-'))
  const { clientId, clientKeyId: keyId } = client
  const scopes = ['sso-sessions.write', 'accounts.write']
  sandbox = await createSandbox({
    credentials: { ...credentials, oauth2: { clientId, keyId, credential: 'user123', scopes } },
  })
  const { signingKey, encryptionKey, dhParams, oauth2 } = sandbox.credentials
  writeFileSync(join(folder, 'private_signature.pem'), signingKey)
  writeFileSync(join(folder, 'private_encryption.pem'), encryptionKey)
  writeFileSync(join(folder, 'dhparam.pem'), dhParams)
  await oauth2.ready()
  writeFileSync(join(folder, 'private-key.pem'), oauth2.privateKey)
  process.chdir(folder)
  liveSessionToken = await logIn()
})
afterAll(() => {
  process.chdir(before)
  rmSync(folder, { recursive: true })
})
afterEach(() => vi.restoreAllMocks())

function exchangeWith({ accessTokenSecret, encryptionKey, dhParams }: Sandbox['credentials']) {
  const secret = decryptAccessTokenSecret(accessTokenSecret, encryptionKey)
  return beginExchange({ dhParams: parseDhParams(dhParams), accessTokenSecret: secret })
}

async function logIn(): Promise<LiveSessionToken> {
  const exchange = exchangeWith(sandbox.credentials)
  const signer = oauth1.rsaSha256(sandbox.credentials.signingKey)
  const request = await oauth1.createLiveSessionTokenRequest({ credentials, signer, exchange })
  const response = await sandbox.handle(new Request(request.url, request))
  const reply = { status: response.status, headers: response.headers, body: await response.text() }
  return exchange.complete(reply, credentials.consumerKey)
}

/** Replies in the order of the requests; a snippet names no User-Agent where a runtime's `fetch` sends its own. */
function fetchFromSandbox(): Response[] {
  const replies: Response[] = []
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
    const request = new Request(input, init)
    if (!request.headers.has('user-agent')) request.headers.set('user-agent', 'node')
    const reply = await sandbox.handle(request)
    replies.push(reply.clone())
    return reply
  })
  return replies
}

/** Runs the one snippet of a page that has this text in it. */
async function run(page: string, text: string, given: Given = {}): Promise<Exports> {
  const source = readFileSync(join(root, page), 'utf8').replaceAll('\r\n', '\n')
  const snippets = [...source.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, code = '']) => code)
  const [code = '', ...others] = snippets.filter((snippet) => snippet.includes(text))
  expect([others, code === '']).toEqual([[], false])
  const names = [...code.matchAll(/^declare (?:const|function) (\w+).*$/gm)].map(([, name]) => name)
  expect(names).toEqual(Object.keys(given))
  Object.assign(globalThis, { given })
  const file = join(folder, `${page.replaceAll(/\W/g, '-')}-${snippets.indexOf(code)}.ts`)
  writeFileSync(
    file,
    code.replaceAll(/^declare (?:const|function) (\w+).*$/gm, 'const { $1 } = globalThis.given'),
  )
  return import(file)
}

it('the first request of the root page is accepted', async () => {
  const replies = fetchFromSandbox()
  const log = vi.spyOn(console, 'log').mockReturnValue()
  await run('README.md', 'createAuthorizationHeader(request', { liveSessionToken: liveSessionToken.reveal() })
  expect(replies.map(({ status }) => status)).toEqual([200])
  expect(log.mock.calls[0]?.[0]).toMatchObject([{ id: 'DU1234567' }])
})

const signing = 'packages/oauth1-signing/README.md'

it('oauth1-signing: the live session token request is accepted', async () => {
  const replies = fetchFromSandbox()
  await run(signing, 'createLiveSessionTokenRequest', { exchange: exchangeWith(sandbox.credentials) })
  expect(replies.map(({ status }) => status)).toEqual([200])
})

it('oauth1-signing: a request with a query is signed as IBKR wants it', async () => {
  const sent = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response())
  const token = new Uint8Array(20).fill(7)
  await run(signing, 'marketdata/snapshot', { liveSessionToken: { reveal: () => token } })
  const [url, init] = sent.mock.calls[0] ?? []
  const headers = init?.headers as Record<string, string>
  const options = { nonceStore: createNonceStore(), findKey: () => ({ key: oauth1.hmacSha256(token) }) }
  const request = { method: 'GET', url: String(url), headers }
  const { ibkrQuerySigning } = oauth1
  expect(await verifyRequest(request, { ...options, querySigning: [ibkrQuerySigning] })).toMatchObject({
    ok: true,
    consumerKey: 'TESTCONS',
    realm: 'test_realm',
  })
})

it('oauth1-signing: its client for any service signs for its server', async () => {
  const sent = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response())
  const secrets = { consumerSecret: 'kd94hf93k423kf44', tokenSecret: 'pfkkdhi9sl3r4s00' }
  await run(signing, "parametersIn: 'body'")
  const [url, init] = sent.mock.calls[0] ?? []
  const {
    method = '',
    headers,
    body,
  } = init as { method?: string; headers: Record<string, string>; body: string }
  const request = { method, url: String(url), headers, body }
  const options = { nonceStore: createNonceStore(), findKey: () => ({ key: oauth1.hmacSha1(secrets) }) }
  expect(await verifyRequest(request, options)).toMatchObject({ ok: true, token: 'nnch734d00sl2jdk' })
})

it('oauth1-signing: its server knows who signed, and refuses the same request again', async () => {
  const token = { consumerKey: 'key', token: 'token', consumerSecret: 'consumer', tokenSecret: 'secret' }
  const { authenticate } = await run(signing, 'async function authenticate', {
    tokens: new Map([['token', token]]),
  })
  const request = { method: 'GET', url: 'https://h.example/' }
  const signer = oauth1.hmacSha256({ consumerSecret: 'consumer', tokenSecret: 'secret' })
  const authorization = oauth1.createAuthorizationHeader(
    request,
    { consumerKey: 'key', accessToken: 'token' },
    signer,
  )
  const ask = async (): Promise<Response> =>
    (authenticate as (request: Request) => Promise<Response>)(
      new Request(request.url, { headers: { authorization } }),
    )
  expect(await (await ask()).text()).toBe('Hello key')
  expect((await ask()).status).toBe(401)
})

it('oauth1-signing: a signature method of your own signs', async () => {
  const signed: string[] = []
  const keyVault = { sign: async (text: string) => new Uint8Array([signed.push(text)]) }
  await run(signing, 'keyVault', { keyVault })
  expect(signed).toEqual([expect.stringMatching(/^GET&https%3A%2F%2Fservice\.example%2Fme&/)])
})

it('dh-live-session-token: the exchange ends with a verified token', async () => {
  fetchFromSandbox()
  const log = vi.spyOn(console, 'log').mockReturnValue()
  const encryptedSecret = sandbox.credentials.accessTokenSecret
  await run('packages/dh-live-session-token/README.md', 'encryptedSecret: string //', { encryptedSecret })
  expect(log.mock.calls).toEqual([[expect.any(Number), 'expiration']])
})

it('sso-jwt: three steps lead to a bearer that opens the API', async () => {
  const replies = fetchFromSandbox()
  const { headers } = await run('packages/sso-jwt/README.md', '// 3. Its bearer')
  expect(replies.map(({ status }) => status)).toEqual([200, 200])
  const url = 'https://api.ibkr.com/v1/api/portfolio/accounts'
  const asked = new Request(url, {
    headers: { ...(headers as Record<string, string>), 'user-agent': 'node' },
  })
  expect((await sandbox.handle(asked)).status).toBe(200)
})

it('sso-jwt: a signed body of the shown call verifies', async () => {
  const sent = vi.spyOn(globalThis, 'fetch').mockResolvedValue(new Response('{"done":true}'))
  const { rename } = await run('packages/sso-jwt/README.md', 'changeAccountHolderDetail')
  const signingKey = await ssoJwt.importSigningKey(sandbox.credentials.oauth2.privateKey)
  const renamed = (rename as (...values: unknown[]) => Promise<unknown>)('token', client, signingKey)
  expect(await renamed).toEqual({ done: true })
  const { createPublicKey } = await import('node:crypto')
  const publicKey = createPublicKey(sandbox.credentials.oauth2.privateKey)
  const key = await importVerificationKey(publicKey)
  const body = String(sent.mock.calls[0]?.[1]?.body)
  expect(await verifySignedJwtBody(body, { findKey: () => ({ clientId: 'MyFirm', key }) })).toMatchObject({
    ok: true,
    payload: { accountManagementRequests: { changeAccountHolderDetail: expect.any(Object) } },
  })
})

it('sso-jwt: a key that stays in a KMS signs', async () => {
  const kms = { sign: async () => new Uint8Array(256) }
  const { signingKey } = await run('packages/sso-jwt/README.md', 'kms.sign', { kms })
  expect(await ssoJwt.createClientAssertion(client, signingKey as ssoJwt.SigningKey)).toMatch(
    /^ey[^.]+\.[^.]+\.A{342}/,
  )
})

it('sso-jwt: the server takes an assertion once', async () => {
  const { createPublicKey } = await import('node:crypto')
  const { privateKey } = sandbox.credentials.oauth2
  const publicKeyPem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' })
  const { authenticate } = await run('packages/sso-jwt/README.md', 'publicKeyPem', { publicKeyPem })
  const signingKey = await ssoJwt.importSigningKey(privateKey)
  const clientAssertion = await ssoJwt.createClientAssertion(client, signingKey, { jti: 'one' })
  const { body } = ssoJwt.createTokenRequest({ clientAssertion, scope: ['a'] })
  const ask = () => (authenticate as (body: string) => Promise<unknown>)(body)
  expect(await ask()).toMatchObject({ ok: true, clientId: 'MyFirm' })
  expect(await ask()).toMatchObject({ ok: false, code: 'replayed' })
})
