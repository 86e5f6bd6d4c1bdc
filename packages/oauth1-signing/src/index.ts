export type {
  CryptoKeyLike,
  JsonWebKeyLike,
  KeyInput,
  KeyObjectLike,
} from '@ibkr-auth/internal/key-forms'
export type { HeadersLike, Reply } from '@ibkr-auth/internal/message'
export { type SecretBytesLike, SecretText, type SecretTextLike } from '@ibkr-auth/internal/secret'
export { normalizeParameters } from './base-string/parameters.ts'
export { percentEncode } from './base-string/percent-encode.ts'
export { ibkrQuerySigning, type QuerySigning, querySignings } from './base-string/query-signing.ts'
export { signatureBaseString } from './base-string/signature-base-string.ts'
export { baseStringUri, type UrlLike } from './base-string/uri.ts'
export { createAuthorizationHeader, type SigningOptions } from './client/create-authorization-header.ts'
export type { Credentials, ProtocolParameterOptions } from './client/protocol-parameters.ts'
export { createQuerySigningAdvice, type SignedRequestOutcome } from './client/query-signing-advice.ts'
export { type SignRequestOptions, signRequest } from './client/sign-request.ts'
export {
  type AccessTokenRequestOptions,
  createAccessTokenRequest,
  createLiveSessionTokenRequest,
  createRequestTokenRequest,
  type LiveSessionTokenRequestOptions,
  type RequestTokenRequestOptions,
  type TokenRequestOptions,
} from './client/token-requests.ts'
export {
  type AccessTokenResponse,
  type ReadTokenOptions,
  type RequestTokenResponse,
  readAccessTokenResponse,
  readRequestTokenResponse,
} from './client/token-responses.ts'
export {
  type AuthorizationCallback,
  authorizationUrl,
  parseAuthorizationCallback,
} from './client/user-authorization.ts'
export { isOAuth1Error, OAuth1Error, type OAuth1ErrorCode } from './errors.ts'
export { formatAuthorizationHeader } from './header/format.ts'
export { ibkrHosts, ibkrNumberedHost } from './ibkr-hosts.ts'
export type {
  ParametersIn,
  RequestToComplete,
  RequestToSign,
  SearchParamsLike,
  SignedRequest,
} from './message.ts'
export { type HmacKey, hmacSha1, hmacSha256, plaintext } from './methods/hmac.ts'
export { rsaSha1, rsaSha256 } from './methods/rsa.ts'
export type { PrivateKeyOptions } from './methods/rsa-key.ts'
export type { Signed, Signer } from './methods/signer.ts'
export type { SharedSecrets } from './secret.ts'
