// The declarations name Symbol.dispose; this brings its type along for users whose "lib" does not hold it.
/// <reference lib="esnext.disposable" preserve="true" />

export type {
  CryptoKeyLike,
  JsonWebKeyLike,
  KeyInput,
  KeyObjectLike,
} from '@ibkr-auth/internal/key-forms'
export type { HeadersLike, Reply } from '@ibkr-auth/internal/message'
export type { SecretBytesLike, SecretTextLike } from '@ibkr-auth/internal/secret'
export { checkDhParams, type DhParamsProblem, type DhParamsReport } from './check-dh-params.ts'
export {
  beginExchange,
  beginExchangeInTurn,
  type CompleteOptions,
  type Exchange,
  type ExchangeInput,
  type ExchangeOptions,
} from './client/begin-exchange.ts'
export {
  decryptAccessTokenSecret,
  decryptAccessTokenSecretInTurn,
} from './client/decrypt-access-token-secret.ts'
export {
  type LiveSessionTokenResponse,
  type ReadLiveSessionTokenResponseOptions,
  readLiveSessionTokenResponse,
} from './client/live-session-token-response.ts'
export type { ExpirationReading } from './client/read-expiry.ts'
export {
  type DhParams,
  type DhParamsInput,
  formatDhParams,
  type IntegerInput,
  parseDhParams,
} from './dh-params.ts'
export {
  PrivateEncryptionKey,
  type PrivateEncryptionKeyInput,
  type PrivateEncryptionKeyOptions,
  type PublicEncryptionKeyInput,
} from './encryption-key.ts'
export {
  isLiveSessionTokenError,
  LiveSessionTokenError,
  type LiveSessionTokenErrorCode,
  type LiveSessionTokenErrorOptions,
} from './errors.ts'
export type { Expiry, ExpiryBasis } from './expiry.ts'
export { LiveSessionToken, type LiveSessionTokenInput } from './live-session-token.ts'
export type { RandomBytes } from './random-bytes.ts'
export { SecretBytes } from './secret-bytes.ts'
