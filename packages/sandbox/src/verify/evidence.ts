import { parseAuthorizationHeader } from '@ibkr-auth/oauth1-signing/server'
import { secretValues } from '../explain/mask.ts'
import type { HmacKnowledge, Pair, RsaKnowledge, SignatureEvidence } from '../explain/types.ts'
import { isForm, isObject, parseJson, queryOf } from '../request/body.ts'
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

/** More than a request to IBKR ever carries. */
const mostSecrets = 50

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
    return { realm: undefined, pairs: jsonPairs(Buffer.from(record.body ?? []).toString('utf8')) }
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
  const queryParameters = pairsOf(queryOf(record))
  const formParameters = isForm(record) ? pairsOf(body) : undefined
  return {
    method: record.method,
    url,
    protocolParameters: protocol.pairs.filter(([name]) => name !== 'oauth_signature'),
    realm: protocol.realm,
    signature: value('oauth_signature'),
    signatureMethod: value('oauth_signature_method'),
    queryParameters,
    formParameters,
    otherBody: formParameters !== undefined || !inHeader ? '' : body,
    strictForms: state.settings.strictForms,
    knowledge,
    otherOrigins: [...otherOrigins, state.origin],
    nowSeconds: Math.floor(state.clock.nowMs() / 1000),
    clockToleranceSeconds: state.settings.clockToleranceSeconds,
    nonceSeen,
    secrets: secretsOf(protocol.pairs, queryParameters, formParameters ?? jsonPairs(body)),
  }
}

function pairsOf(text: string): readonly Pair[] {
  return [...new URLSearchParams(text)].map(([name, value]): Pair => [name, value])
}

function secretsOf(...lists: readonly (readonly Pair[])[]): readonly string[] {
  return lists.flatMap(secretValues).slice(0, mostSecrets)
}

/** The members of a JSON body that are texts, at its top. */
function jsonPairs(body: string): readonly Pair[] {
  const value = parseJson(body)
  if (!isObject(value)) return []
  return Object.entries(value).filter((pair): pair is [string, string] => typeof pair[1] === 'string')
}
