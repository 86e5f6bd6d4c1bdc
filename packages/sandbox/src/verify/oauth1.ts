import { type Refusal, type RefusalCode, type Verifier, verifyRequestSync } from '@ibkr-auth/oauth1-signing'
import type { SignatureEvidence } from '../explain/evidence.ts'
import { explainSignature } from '../explain/explain-signature.ts'
import type { CheckedMistakeName } from '../explain/mistake-names.ts'
import { signatureTest } from '../explain/proof.ts'
import { decodedSignature } from '../explain/signature-encodings.ts'
import type { Exchange } from '../http/exchange.ts'
import type { World } from '../state/world.ts'
import { calledUrl } from './called-url.ts'
import { matchingVariant } from './field-variants.ts'
import { type FoundKey, findKey, invalidConsumer, type Purpose } from './oauth1-keys.ts'
import { placementObjection } from './parameter-placement.ts'
import { type Refused, refused } from './refused.ts'
import { protocolParametersOf, signatureEvidence } from './signature-evidence.ts'

/** A request whose signature, timestamp and nonce are right. */
export interface VerifiedOauth1 {
  readonly ok: true
  /** Decoded protocol parameters. */
  readonly parameters: ReadonlyMap<string, string>
  readonly found: FoundKey
}

/** Verifies a signed request by the server half of oauth1-signing; a refusal is explained. */
export function verifyOauth1(exchange: Exchange, world: World, purpose: Purpose): VerifiedOauth1 | Refused {
  const misplaced = placementObjection(exchange, purpose)
  if (misplaced !== undefined) return misplaced
  const { settings, clock, nonces, consumer } = world
  const url = calledUrl(exchange, world)
  let noKey: Refused | undefined
  let variant: string | undefined
  const result = verifyRequestSync(
    { method: exchange.method, url, headers: exchange.headers, body: exchange.body },
    {
      lookupKey: (claims) => {
        const found = findKey(claims, world, purpose)
        if ('ok' in found) {
          noKey = found
          return undefined
        }
        if (!settings.lenient) return found
        const noteVariant = (name: string): void => {
          variant = name
        }
        return { ...found, key: lenientKey(found, exchange, world, noteVariant) }
      },
      nonceStore: nonces,
      now: () => clock.nowMs(),
      timestampWindowSeconds: settings.timestampWindowSeconds,
      querySigning: hasRequestParameters(exchange) ? settings.strictForms : settings.strictForms.slice(0, 1),
      allowUnquotedRealm: settings.lenient,
      maximumLength: settings.maximumBodyBytes + 65_536,
    },
  )
  if (!result.ok) return noKey ?? explainRefusal(result, exchange, world, purpose)
  if (result.realm !== undefined && result.realm !== consumer.realm) {
    return refused(401, invalidConsumer, 'wrong-realm')
  }
  exchange.client = result.consumerKey
  exchange.signedAs = variant ?? result.querySigning
  return { ok: true, parameters: result.protocolParameters, found: result.record }
}

/** Takes what the strict key takes and, failing that, the base strings of known clients. */
function lenientKey(
  found: FoundKey,
  exchange: Exchange,
  world: World,
  noteVariant: (name: string) => void,
): Verifier {
  return {
    method: found.key.method,
    verify: (text, signature) => {
      const { key } = found
      if ('verify' in key ? key.verify(text, signature) : key.sign(text) === signature) return true
      const evidence = signatureEvidence(exchange, world, found.knowledge(), false)
      const name = evidence === undefined ? undefined : variantOf(evidence)
      if (name !== undefined) noteVariant(name)
      return name !== undefined
    },
  }
}

function variantOf(evidence: SignatureEvidence): string | undefined {
  const bytes = decodedSignature(evidence.signature)
  return bytes === undefined ? undefined : matchingVariant(evidence, signatureTest(bytes))
}

const known: Partial<Record<RefusalCode, CheckedMistakeName>> = {
  ERR_OAUTH1_NOT_SIGNED: 'missing-authorization',
  ERR_OAUTH1_MALFORMED_REQUEST: 'malformed-authorization',
  ERR_OAUTH1_TOO_LARGE: 'body-too-large',
  ERR_OAUTH1_DUPLICATE_PARAMETER: 'duplicate-parameter',
  ERR_OAUTH1_PARAMETER_ABSENT: 'missing-parameter',
  ERR_OAUTH1_NONCE_STORE_FULL: 'store-full',
}

function explainRefusal(refusal: Refusal, exchange: Exchange, world: World, purpose: Purpose): Refused {
  const { code, status, reason, parameter } = refusal
  // IBKR names a parameter that is missing, and says nothing about a signature that is wrong.
  const error = status === 401 ? 'Unauthorized' : `Bad Request: ${reason}`
  const mistake = known[code]
  if (mistake !== undefined) return refused(status, error, mistake, reason)
  const evidence = evidenceFor(exchange, world, purpose, code === 'ERR_OAUTH1_NONCE_REPLAYED')
  const isMalformed = code === 'ERR_OAUTH1_PARAMETER_REJECTED' && parameter !== 'oauth_timestamp'
  if (evidence === undefined || isMalformed) return refused(status, error, 'malformed-authorization', reason)
  return { ok: false, status, error, explanation: explainSignature(evidence) }
}

function evidenceFor(
  exchange: Exchange,
  world: World,
  purpose: Purpose,
  nonceSeen: boolean,
): SignatureEvidence | undefined {
  const parameters = new Map(protocolParametersOf(exchange)?.pairs)
  const claims = {
    consumerKey: parameters.get('oauth_consumer_key') ?? '',
    token: parameters.get('oauth_token'),
    protocolParameters: parameters,
  }
  const found = findKey(claims, world, purpose)
  return 'ok' in found ? undefined : signatureEvidence(exchange, world, found.knowledge(), nonceSeen)
}

/** Without query and form all treatments of them give the same base string, and one attempt is enough. */
function hasRequestParameters({ target, path, headers }: Exchange): boolean {
  return target !== path || (headers.get('content-type') ?? '').toLowerCase().includes('form')
}
