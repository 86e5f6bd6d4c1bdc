export {
  type AuthorizationCallback,
  authorizationUrl,
  parseAuthorizationCallback,
} from './authorization-url.ts'
export { baseStringUri, type UrlLike } from './base-string-uri.ts'
export type { Claims } from './claim.ts'
export { createAuthorizationHeader, type SigningOptions } from './create-authorization-header.ts'
export { formatAuthorizationHeader } from './format-authorization-header.ts'
export type { HeadersLike } from './headers.ts'
export { type HmacKey, hmacSha1, hmacSha256 } from './hmac.ts'
export {
  createAccessTokenRequest,
  createLiveSessionTokenRequest,
  createRequestTokenRequest,
  type EndpointOptions,
} from './ibkr-endpoints.ts'
export { ibkrHosts, ibkrNumberedHost } from './ibkr-hosts.ts'
export {
  createNonceStore,
  type MemoryNonceStore,
  type NonceOutcome,
  type NonceStore,
  type NonceUse,
} from './nonce-store.ts'
export { normalizeParameters } from './normalize-parameters.ts'
export { isOAuth1Error, OAuth1Error, type OAuth1ErrorCode } from './oauth1-error.ts'
export {
  type ParsedAuthorizationHeader,
  type ParseHeaderOptions,
  parseAuthorizationHeader,
} from './parse-authorization-header.ts'
export { percentEncode } from './percent-encode.ts'
export { plaintext } from './plaintext.ts'
export type { Credentials, ProtocolParameterOptions } from './protocol-parameters.ts'
export type { QuerySigning, RecognizedQuerySigning } from './query-signing.ts'
export {
  type AccessTokenResponse,
  type Reply,
  type RequestTokenResponse,
  readAccessTokenResponse,
  readRequestTokenResponse,
} from './read-token-response.ts'
export type { ReceivedRequest } from './received-request.ts'
export { signatureBaseString } from './recognized-base-string.ts'
export type { Refusal, RefusalCode } from './refusal.ts'
export { rsaSha1, rsaSha1Verifier, rsaSha256, rsaSha256Verifier } from './rsa.ts'
export type { CryptoKeyLike, KeyObjectLike, RsaJsonWebKey, RsaKeyInput } from './rsa-key.ts'
export { Secret, type SecretBytes, type SecretText } from './secret.ts'
export type { SharedSecrets } from './shared-secrets.ts'
export {
  type ParametersIn,
  type RequestToComplete,
  type SignedRequest,
  type SignRequestOptions,
  signRequest,
} from './sign-request.ts'
export type { RequestToSign } from './signature-base-string.ts'
export type { Signed, Signer, Verifier } from './signer.ts'
export type {
  KeyRecord,
  VerificationResult,
  VerifiedRequest,
  VerifyOptions,
} from './verify-options.ts'
export { verifyRequest, verifyRequestSync } from './verify-request.ts'
