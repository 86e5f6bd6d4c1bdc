import type { KeyObject } from 'node:crypto'
import {
  beginExchange,
  type DhParams,
  type LiveSessionToken,
  type SecretBytes,
} from '@ibkr-auth/dh-live-session-token'
import {
  createAuthorizationHeader,
  createLiveSessionTokenRequest,
  hmacSha256,
  ibkrQuerySigning,
  type QuerySigning,
  querySignings,
  rsaSha256,
} from '@ibkr-auth/oauth1-signing'
import { createTransport, type Transport, type TransportResponse } from '@ibkr-auth/transport'
import type { FirstPartySettings } from '../profile/client-settings.ts'
import { examineAccessTokenSecret } from './access-token-secret.ts'
import type { Findings } from './finding.ts'
import { examineDhParams, examineDifference, examineKey } from './keys.ts'
import { explainExchange } from './refused-exchange.ts'

/** What the steps without a connection leave for those with one. */
export interface OAuth1Material {
  readonly signature: KeyObject
  readonly dhParams: DhParams
  readonly accessTokenSecret: SecretBytes
}

/** Everything that can be known without a connection. */
export function examineOAuth1Files(
  findings: Findings,
  settings: FirstPartySettings,
): OAuth1Material | undefined {
  const { passphrase } = settings
  const signature = examineKey(findings, 'signature', settings.signatureKey, passphrase, [2048])
  const encryption = examineKey(findings, 'encryption', settings.encryptionKey, passphrase, [2048])
  if (signature !== undefined && encryption !== undefined) examineDifference(findings, signature, encryption)
  const dhParams = examineDhParams(findings, settings.dhParams)
  if (encryption === undefined) {
    findings.skip('access-token-secret', 'access token secret', 'needs the encryption key')
    return undefined
  }
  const accessTokenSecret = examineAccessTokenSecret(
    findings,
    settings.accessTokenSecret,
    encryption,
    signature,
  )
  if (signature === undefined || dhParams === undefined || accessTokenSecret === undefined) return undefined
  return { signature, dhParams, accessTokenSecret }
}

/** Signs in and looks around: reads, never opens a brokerage session, never logs out. */
export async function examineOAuth1SignIn(
  findings: Findings,
  settings: FirstPartySettings,
  material: OAuth1Material,
  baseUrl: string,
): Promise<void> {
  const transport = createTransport({ baseUrl, throwHttpErrors: false, retry: { limit: 0 } })
  try {
    const token = await agree(findings, settings, material, baseUrl, transport)
    if (token === undefined) return
    const caller = { transport, settings, signer: hmacSha256(token) }
    if (await examinePlainRequest(findings, caller)) await examineQuerySigning(findings, caller)
    await examineBrokerage(findings, caller)
    token.dispose()
  } finally {
    await transport.close()
  }
}

async function agree(
  findings: Findings,
  settings: FirstPartySettings,
  material: OAuth1Material,
  baseUrl: string,
  transport: Transport,
): Promise<LiveSessionToken | undefined> {
  const [step, title] = ['live-session-token', 'live session token']
  const { consumerKey, accessToken } = settings
  const realm = settings.realm ?? 'limited_poa'
  const exchange = beginExchange(material)
  try {
    const request = createLiveSessionTokenRequest({
      exchange,
      credentials: { consumerKey, accessToken, realm },
      signer: rsaSha256(material.signature),
      baseUrl,
    })
    const reply = await transport.request({ ...(await request) })
    const token = exchange.complete(reply, consumerKey)
    const hours = Math.round(token.remainingMs() / 3_600_000)
    findings.ok(step, title, `agreed on and verified; good for about ${hours} h`)
    return token
  } catch (error) {
    findings.fail(step, title, explainExchange(error, { consumerKey, realm, findings: findings.all }))
    return undefined
  } finally {
    exchange.dispose()
  }
}

interface Caller {
  readonly transport: Transport
  readonly settings: FirstPartySettings
  readonly signer: ReturnType<typeof hmacSha256>
}

function call(
  { transport, settings, signer }: Caller,
  method: 'GET' | 'POST',
  path: string,
  querySigning: QuerySigning,
): Promise<TransportResponse> {
  const { consumerKey, accessToken, realm = 'limited_poa' } = settings
  const url = `${settings.baseUrl ?? ''}${path}`
  const authorization = createAuthorizationHeader(
    { method, url },
    { consumerKey, accessToken, realm },
    signer,
    { querySigning },
  )
  return transport.request({ method, url, headers: { authorization } })
}

async function examinePlainRequest(findings: Findings, caller: Caller): Promise<boolean> {
  const [step, title] = ['signed-request', 'a signed request']
  const { status } = await call(caller, 'GET', '/portfolio/accounts', ibkrQuerySigning)
  if (status === 200) {
    findings.ok(step, title, 'is accepted (GET /portfolio/accounts)')
    return true
  }
  findings.fail(step, title, {
    cause: `GET /portfolio/accounts is answered with ${status}, although the live session token was verified`,
    remedy:
      status === 429
        ? 'wait for 15 minutes: the address is in the penalty box'
        : 'check that baseUrl is the very URL that the server is called by; behind a proxy that rewrites hosts, signatures do not match',
  })
  return false
}

/** A comma is written differently by each treatment, so the right one is found by trying. */
const queried = '/trsrv/stocks?symbols=AAPL,MSFT'

async function examineQuerySigning(findings: Findings, caller: Caller): Promise<void> {
  const [step, title] = ['query-signing', 'a signed request with a query']
  const configured = caller.settings.querySigning ?? ibkrQuerySigning
  const others = querySignings.filter((name) => name !== configured)
  const refused: string[] = []
  for (const name of [configured, ...others]) {
    const { status } = await call(caller, 'GET', queried, name)
    if (status !== 401 && status !== 403) {
      if (name === configured) return findings.ok(step, title, `is accepted with querySigning "${name}"`)
      return findings.fail(step, title, {
        cause: `this server refuses querySigning "${configured}" and takes "${name}"`,
        remedy: `set querySigning to "${name}" (IBKR_QUERY_SIGNING)`,
      })
    }
    refused.push(`"${name}": ${status}`)
  }
  findings.fail(step, title, {
    cause: `no treatment of the query is accepted (${refused.join(', ')}), although a request without one is`,
    remedy: 'a proxy may rewrite the query; if there is none, report it with --report',
  })
}

async function examineBrokerage(findings: Findings, caller: Caller): Promise<void> {
  const [step, title] = ['brokerage-session', 'brokerage session']
  const reply = await call(caller, 'POST', '/iserver/auth/status', ibkrQuerySigning)
  if (reply.status !== 200) {
    findings.skip(
      step,
      title,
      `status ${reply.status}: there is none now, which is no fault; it is opened when it is needed`,
    )
    return
  }
  const { authenticated, connected, competing } = reply.json<Readonly<Record<string, unknown>>>()
  if (competing === true) {
    findings.fail(step, title, {
      cause: 'the username is signed in elsewhere (TWS, mobile, Client Portal or another program)',
      remedy: 'use a username of its own for the API, or sign out there',
    })
  } else if (authenticated === true && connected === true) findings.ok(step, title, 'is open')
  else findings.skip(step, title, 'is not open, which is no fault: it is opened when it is needed')
}
