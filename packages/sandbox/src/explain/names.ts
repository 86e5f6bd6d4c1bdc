/** Mistakes in a signature, found by searching for the one under which it verifies. */
export const signatureMistakeNames = [
  // What was signed
  'query-omitted',
  'query-signed',
  'query-in-url',
  'values-encoded-once',
  'values-not-encoded',
  'wrong-percent-encoding',
  'form-omitted',
  'body-signed',
  'realm-signed',
  'parameter-not-signed',
  'parameters-unsorted',
  'method-case',
  'wrong-method',
  'wrong-scheme',
  'wrong-host',
  'wrong-port',
  'wrong-path',
  'prefix-missing',
  'prefix-wrong',
  'prefix-unexpected',
  // What it was signed with, and how the signature was written
  'wrong-key',
  'lst-as-text',
  'lst-with-ampersand',
  'leading-zero-byte',
  'secret-as-text',
  'lst-replaced',
  'wrong-signature-method',
  'signature-encoding',
  // When
  'timestamp-milliseconds',
  'timestamp-malformed',
  'clock-off',
  'nonce-reused',
] as const

/** Mistakes that the failing check itself shows. */
export const checkedMistakeNames = [
  // Who
  'missing-parameter',
  'duplicate-parameter',
  'malformed-authorization',
  'missing-authorization',
  'unknown-consumer-key',
  'wrong-realm',
  'missing-realm',
  'unknown-token',
  'first-party-consumer',
  'lst-missing',
  'lst-expired',
  'wrong-verifier',
  'token-used',
  'challenge-out-of-range',
  // OAuth 2.0 and SSO
  'wrong-bearer',
  'unknown-bearer',
  'bearer-expired',
  'scope-missing',
  'address-mismatch',
  'wrong-content-type',
  'malformed-token-request',
  'jwt-malformed',
  'jwt-wrapped',
  'jwt-algorithm',
  'jwt-unknown-key',
  'jwt-wrong-key',
  'jwt-audience',
  'jwt-issuer',
  'jwt-expired',
  'jwt-lifetime',
  'jwt-issued-in-future',
  'jwt-milliseconds',
  'jwt-claim',
  'jwt-replayed',
  // HTTP and sessions
  'user-agent-missing',
  'content-length-missing',
  'host-not-allowed',
  'cross-origin',
  'body-too-large',
  'malformed-body',
  'store-full',
  'no-brokerage-session',
  'accounts-not-loaded',
  'logged-out',
  'reply-void',
  'paced',
  'penalty-box',
  'not-in-sandbox',
  'no-such-operation',
  'upgrade-missing',
  'stream-token-missing',
] as const

/** The name of a mistake in a signature. */
export type SignatureMistakeName = (typeof signatureMistakeNames)[number]

/** The name of a mistake that the failing check itself shows. */
export type CheckedMistakeName = (typeof checkedMistakeNames)[number]

/**
 * The name of a mistake; stable, so that tests can compare it. `unknown` stands for a refusal that no single known
 * mistake explains: two mistakes at once, or one that is not in the table.
 */
export type MistakeName = SignatureMistakeName | CheckedMistakeName | 'unknown'
