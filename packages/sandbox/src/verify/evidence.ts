import { parseAuthorizationHeader } from '@ibkr-auth/oauth1-signing'
import type { HmacKnowledge, Pair, RsaKnowledge, SignatureEvidence } from '../explain/types.ts'
import { calledUrl } from '../request/hosts.ts'
import type { RequestRecord } from '../request/record.ts'
import type { SandboxState } from '../state/sandbox-state.ts'

/** Hosts that clients have hard-coded instead of the URL they call. */
const otherOrigins = [
  'https://api.ibkr.com',
  'https://1.api.ibkr.com',
  'https://qa.interactivebrokers.com',
  'https://www.interactivebrokers.com',
  'https://localhost:5000',
]

/** The protocol parameters of a request, decoded, wherever they travelled; undefined if they cannot be read. */
export function protocolParametersOf(
  record: RequestRecord,
): { readonly realm: string | undefined; readonly pairs: readonly Pair[] } | undefined {
  const authorization = record.headers.get('authorization')
  try {
    if (authorization !== null) {
      const { realm, parameters } = parseAuthorizationHeader(authorization, { allowUnquotedRealm: true })
      return { realm, pairs: [...parameters] }
    }
    const body: unknown = JSON.parse(Buffer.from(record.body ?? []).toString('utf8'))
    if (typeof body !== 'object' || body === null) return undefined
    const pairs = Object.entries(body).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
    return { realm: undefined, pairs }
  } catch {
    return undefined
  }
}

/** Gathers what the refusal of a signed request can be explained from; undefined if its parameters cannot be read. */
export function signatureEvidence(
  record: RequestRecord,
  state: SandboxState,
  knowledge: HmacKnowledge | RsaKnowledge,
  nonceSeen: boolean,
): SignatureEvidence | undefined {
  const protocol = protocolParametersOf(record)
  if (protocol === undefined) return undefined
  const value = (name: string): string => protocol.pairs.find((pair) => pair[0] === name)?.[1] ?? ''
  const url = calledUrl(record, state.origin)
  const inHeader = record.headers.has('authorization')
  const body = Buffer.from(record.body ?? []).toString('utf8')
  const isForm = /^\s*application\/x-www-form-urlencoded\s*(?:;|$)/i.test(
    record.headers.get('content-type') ?? '',
  )
  return {
    method: record.method,
    url,
    protocolParameters: protocol.pairs.filter(([name]) => name !== 'oauth_signature'),
    realm: protocol.realm,
    signature: value('oauth_signature'),
    signatureMethod: value('oauth_signature_method'),
    queryParameters: [...new URLSearchParams(queryOf(url))].map(([name, text]): Pair => [name, text]),
    formParameters: isForm
      ? [...new URLSearchParams(body)].map(([name, text]): Pair => [name, text])
      : undefined,
    otherBody: isForm || !inHeader ? '' : body,
    strictForms: state.settings.strictForms,
    knowledge,
    otherOrigins: [...otherOrigins, state.origin],
    nowSeconds: Math.floor(state.clock.nowMs() / 1000),
    clockToleranceSeconds: state.settings.clockToleranceSeconds,
    nonceSeen,
    secrets: ['oauth_token', 'oauth_verifier'].map(value),
  }
}

function queryOf(url: string): string {
  const start = url.indexOf('?')
  return start === -1 ? '' : url.slice(start + 1)
}
