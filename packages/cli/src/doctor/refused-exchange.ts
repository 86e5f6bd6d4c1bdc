import { isLiveSessionTokenError, type LiveSessionTokenErrorCode } from '@ibkr-auth/dh-live-session-token'
import type { Cause, Finding } from './finding.ts'

/** What is known besides the refusal. */
export interface ExchangeFacts {
  readonly consumerKey: string
  readonly realm: string
  readonly findings: readonly Finding[]
}

type Explain = (facts: ExchangeFacts) => Cause

const unauthorized: Explain = () => ({
  cause: 'the server refuses the signature or the access token',
  remedy:
    'in this order: is private_signature.pem the pair of the key that the portal has as signing key (compare fingerprints; swapped keys look like this); do consumer key and access token belong together; has the consumer key been activated by the reset at night',
})

const explanations: Partial<Record<LiveSessionTokenErrorCode, Explain>> = {
  ERR_LST_INVALID_CONSUMER: invalidConsumer,
  ERR_LST_NO_ACCESS_TOKEN_SECRET: () => ({
    cause: 'the server has no secret for this access token: it was generated anew, or never',
    remedy: 'generate access token and secret in the portal, and use both; it works within about a minute',
  }),
  ERR_LST_UNAUTHORIZED: unauthorized,
  ERR_LST_SIGNATURE_MISMATCH: () => ({
    cause: 'the server derived another token than we did: other Diffie-Hellman parameters, or an old secret',
    remedy:
      'use the dhparam.pem that was uploaded; if it is, generate access token and secret anew in the portal (each click voids the one before)',
  }),
  ERR_LST_RESPONSE_OUT_OF_RANGE: () => ({
    cause: 'the server works with other Diffie-Hellman parameters than the settings have',
    remedy: 'use the dhparam.pem that was uploaded, or upload this one',
  }),
}

/** Small letters, the demo consumer's realm, a new key: in the order in which they are found out. */
function invalidConsumer({ consumerKey, realm }: ExchangeFacts): Cause {
  if (consumerKey !== consumerKey.toUpperCase()) {
    return {
      cause: 'the consumer key is unknown, and has small letters: the portal keeps it in capitals',
      remedy: 'write consumerKey in capital letters',
    }
  }
  const wanted = consumerKey === 'TESTCONS' ? 'test_realm' : 'limited_poa'
  if (realm !== wanted) {
    return {
      cause: `the consumer key is refused in the realm "${realm}"`,
      remedy: `set realm to "${wanted}"`,
    }
  }
  return {
    cause: 'the consumer key is unknown, or not active yet',
    remedy:
      'compare it with the portal letter by letter; a new one works only after the next reset at midnight of its region, sometimes after the weekend',
  }
}

/** The cause of a failed exchange, in view of everything found before. */
export function explainExchange(error: unknown, facts: ExchangeFacts): Cause {
  const clock = facts.findings.find(({ step, outcome }) => step === 'clock' && outcome === 'failed')
  if (clock !== undefined) return { cause: clock.detail, remedy: clock.remedy ?? '' }
  if (!isLiveSessionTokenError(error)) return { cause: (error as Error).message, remedy: 'see the message' }
  if (error.status === 404) {
    return {
      cause: 'the server answers 404: it has no live_session_token where baseUrl leads',
      remedy: 'write baseUrl whole, like https://api.ibkr.com/v1/api',
    }
  }
  const explain = explanations[error.code]
  if (explain === undefined) return { cause: error.message, remedy: 'see the message' }
  const { cause, remedy } = explain(facts)
  const said = error.detail === undefined ? '' : ` (it said: ${error.detail})`
  return { cause: cause + said, remedy }
}
