import {
  type Refusal,
  type RefusalCode,
  type Verifier,
  verifyRequestSync,
} from '@ibkr-auth/oauth1-signing/server'
import { matchingDialect } from '../explain/client-dialects.ts'
import type { CheckedMistakeName } from '../explain/names.ts'
import { explainSignature, isTooLong } from '../explain/search.ts'
import { decodedSignature, signatureTest } from '../explain/signature-test.ts'
import type { SignatureEvidence } from '../explain/types.ts'
import { calledUrl } from '../request/hosts.ts'
import type { RequestRecord } from '../request/record.ts'
import type { Consumer } from '../state/consumer.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { protocolParametersOf, signatureEvidence } from './evidence.ts'
import { type FoundKey, findKey, invalidConsumer, type Purpose } from './oauth1-keys.ts'
import { placementObjection } from './placement.ts'
import { type Refused, refused } from './refused.ts'

/** A request whose signature, timestamp and nonce are right. */
export interface VerifiedOauth1 {
  readonly ok: true
  /** Decoded protocol parameters. */
  readonly parameters: ReadonlyMap<string, string>
  readonly found: FoundKey
}

/** What the listener takes of header and target. */
const longestHead = 65_536

/** Verifies a signed request by the server half of oauth1-signing; a refusal is explained. */
export function verifyOauth1(
  record: RequestRecord,
  state: SandboxState,
  purpose: Purpose,
): VerifiedOauth1 | Refused {
  const misplaced = placementObjection(record, purpose)
  if (misplaced !== undefined) return misplaced
  const { settings, clock, nonces } = state
  const url = calledUrl(record, state.origin)
  let noKey: Refused | undefined
  let variant: string | undefined
  const result = verifyRequestSync(
    { method: record.method, url, headers: record.headers, body: record.body },
    {
      findKey: (claims) => {
        const found = findKey(claims, state, purpose)
        if ('ok' in found) {
          noKey = found
          return undefined
        }
        if (!settings.lenient) return found
        const noteVariant = (name: string): void => {
          variant = name
        }
        return { ...found, key: lenientKey(found, record, state, noteVariant) }
      },
      nonceStore: nonces,
      now: () => clock.nowMs(),
      clockToleranceSeconds: settings.clockToleranceSeconds,
      querySigning: hasRequestParameters(record) ? settings.strictForms : settings.strictForms.slice(0, 1),
      allowUnquotedRealm: settings.lenient,
      maximumHeaderLength: longestHead,
      maximumUrlLength: longestHead,
      maximumFormLength: settings.maximumBodyBytes,
      maximumParameters: settings.maximumBodyBytes,
    },
  )
  if (!result.ok) return noKey ?? explainRefusal(result, record, state, purpose)
  const realm = realmObjection(result.realm, result.record.consumer, purpose, settings.lenient)
  if (realm !== undefined) return realm
  record.client = result.consumerKey
  record.signedAs = variant ?? result.querySigning
  return { ok: true, parameters: result.protocolParameters, found: result.record }
}

/** IBKR demands the realm of API requests; its own examples of the three OAuth endpoints leave it out. */
function realmObjection(
  realm: string | undefined,
  consumer: Consumer,
  purpose: Purpose,
  isLenient: boolean,
): Refused | undefined {
  if (realm === consumer.realm) return undefined
  if (realm !== undefined) return refused(401, invalidConsumer, 'wrong-realm', `It is ${consumer.realm}.`)
  if (purpose !== 'api' || isLenient) return undefined
  return refused(401, invalidConsumer, 'missing-realm', `Send realm="${consumer.realm}".`)
}

/** Takes what the strict key takes and, failing that, the base strings of known clients. */
function lenientKey(
  found: FoundKey,
  record: RequestRecord,
  state: SandboxState,
  noteVariant: (name: string) => void,
): Verifier {
  return {
    method: found.key.method,
    verify: (text, signature) => {
      const { key } = found
      if ('verify' in key ? key.verify(text, signature) : key.sign(text) === signature) return true
      const evidence = signatureEvidence(record, state, found.knowledge(), false)
      const name = evidence === undefined || isTooLong(evidence) ? undefined : variantOf(evidence)
      if (name !== undefined) noteVariant(name)
      return name !== undefined
    },
  }
}

function variantOf(evidence: SignatureEvidence): string | undefined {
  const bytes = decodedSignature(evidence.signature)
  return bytes === undefined ? undefined : matchingDialect(evidence, signatureTest(bytes))
}

const known: Partial<Record<RefusalCode, CheckedMistakeName>> = {
  ERR_OAUTH1_NOT_SIGNED: 'missing-authorization',
  ERR_OAUTH1_MALFORMED_REQUEST: 'malformed-authorization',
  ERR_OAUTH1_TOO_LARGE: 'body-too-large',
  ERR_OAUTH1_DUPLICATE_PARAMETER: 'duplicate-parameter',
  ERR_OAUTH1_PARAMETER_ABSENT: 'missing-parameter',
  ERR_OAUTH1_NONCE_STORE_FULL: 'store-full',
}

function explainRefusal(
  refusal: Refusal,
  record: RequestRecord,
  state: SandboxState,
  purpose: Purpose,
): Refused {
  const { code, status, message: reason, parameter } = refusal
  // IBKR names a parameter that is missing, and says nothing about a signature that is wrong.
  const error = status === 401 ? 'Unauthorized' : `Bad Request: ${reason}`
  const mistake = known[code]
  if (mistake !== undefined) return refused(status, error, mistake, reason)
  const evidence = evidenceFor(record, state, purpose, code === 'ERR_OAUTH1_NONCE_REPLAYED')
  const isMalformed = code === 'ERR_OAUTH1_PARAMETER_REJECTED' && parameter !== 'oauth_timestamp'
  if (evidence === undefined || isMalformed) return refused(status, error, 'malformed-authorization', reason)
  return { ok: false, status, error, explanation: explainSignature(evidence) }
}

function evidenceFor(
  record: RequestRecord,
  state: SandboxState,
  purpose: Purpose,
  nonceSeen: boolean,
): SignatureEvidence | undefined {
  const parameters = new Map(protocolParametersOf(record)?.pairs)
  const claims = {
    consumerKey: parameters.get('oauth_consumer_key') ?? '',
    token: parameters.get('oauth_token'),
    protocolParameters: parameters,
  }
  const found = findKey(claims, state, purpose)
  return 'ok' in found ? undefined : signatureEvidence(record, state, found.knowledge(), nonceSeen)
}

/** Without query and form all treatments of them give the same base string, and one attempt is enough. */
function hasRequestParameters({ target, path, headers }: RequestRecord): boolean {
  return target !== path || (headers.get('content-type') ?? '').toLowerCase().includes('form')
}
