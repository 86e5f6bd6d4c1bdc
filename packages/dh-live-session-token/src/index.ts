// The declarations name Symbol.dispose; this brings its type along for users whose "lib" does not hold it.
/// <reference lib="esnext.disposable" preserve="true" />

export { AccessTokenSecret } from './access-token-secret.ts'
export {
  type AnswerExchangeInput,
  type AnswerExchangeOptions,
  type AnsweredExchange,
  answerExchange,
  type LiveSessionTokenWireResponse,
} from './answer-exchange.ts'
export { checkDhParams, type DhParamsProblem, type DhParamsReport } from './check-dh-params.ts'
export { decryptAccessTokenSecret, decryptAccessTokenSecretAsync } from './decrypt-access-token-secret.ts'
export {
  type DhParams,
  type DhParamsInput,
  formatDhParams,
  type IntegerInput,
  parseDhParams,
} from './dh-params.ts'
export {
  type EncryptAccessTokenSecretOptions,
  encryptAccessTokenSecret,
} from './encrypt-access-token-secret.ts'
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
export {
  beginExchange,
  beginExchangeAsync,
  type Exchange,
  type ExchangeInput,
  type ExchangeOptions,
} from './exchange.ts'
export type { Expiry, ExpiryBasis } from './expiry.ts'
export { LiveSessionToken, type LiveSessionTokenInput } from './live-session-token.ts'
export type { RandomBytes } from './private-exponent.ts'
export {
  type LiveSessionTokenResponse,
  type ReadLiveSessionTokenResponseOptions,
  readLiveSessionTokenResponse,
} from './read-live-session-token-response.ts'
export type { HeadersLike, Reply } from './reply.ts'
export type { KeyObjectLike, RsaJwk, RsaKeyInput } from './rsa-key-input.ts'
export type { SecretInput } from './secret-input.ts'
