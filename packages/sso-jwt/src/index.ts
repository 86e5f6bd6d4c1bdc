export { type BearerRequest, type BearerRequestInput, createBearerRequest } from './bearer-request.ts'
export { type BuiltRequest, ibkrOrigins, type OriginOptions } from './built-request.ts'
export type { ClientIdentity } from './client.ts'
export { type ClientAssertionOptions, createClientAssertion } from './client-assertion.ts'
export type { ClockOptions } from './clock.ts'
export {
  createEchoHttpsRequest,
  createEchoSignedJwtRequest,
  type EchoResponse,
  readEchoResponse,
} from './echo.ts'
export {
  type InvalidArgument,
  isSsoJwtError,
  type ProblemDetails,
  SsoJwtError,
  type SsoJwtErrorCode,
  type SsoJwtErrorOptions,
} from './error.ts'
export type { CryptoKeyLike, KeyObjectLike } from './host.ts'
export {
  type ImportSigningKeyOptions,
  importSigningKey,
  type SecretBytesLike,
  type SigningKeyInput,
} from './import-signing-key.ts'
export {
  type IssueAccessTokenInput,
  type IssueAccessTokenOptions,
  issueAccessToken,
  type TokenResponseBody,
} from './issue-access-token.ts'
export {
  type IssueSsoSessionTokenOptions,
  issueSsoSessionToken,
  type SsoSessionResponseBody,
} from './issue-sso-session-token.ts'
export type { JsonWebKeyLike } from './key-forms.ts'
export { readProblem } from './problem.ts'
export type { Query } from './query.ts'
export { type ParsedTokenRequest, readTokenRequest, type TokenRequestRefusal } from './read-token-request.ts'
export type { Refusal, RefusalReason } from './refusal.ts'
export {
  createReplayStore,
  type MemoryReplayStore,
  type ReplayOutcome,
  type ReplayStore,
} from './replay-store.ts'
export type { HeadersLike, Reply } from './reply.ts'
export type { KnownScope, Scope } from './scope.ts'
export type { SecretText, SecretTextLike } from './secret-text.ts'
export {
  createSignedJwtRequest,
  type SignedJwtRequest,
  type SignedJwtRequestInput,
  type SignedJwtRequestOptions,
} from './signed-jwt-request.ts'
export type { SigningAlgorithm } from './signing-algorithm.ts'
export type { SigningFunction } from './signing-function.ts'
export type { SigningKey } from './signing-key.ts'
export {
  createSsoBrowserSessionRequest,
  type ReadSsoBrowserSessionOptions,
  readSsoBrowserSessionResponse,
  type SsoBrowserSession,
  type SsoBrowserSessionRequest,
  type SsoBrowserSessionRequestInput,
} from './sso-browser-session.ts'
export {
  createSsoSessionRequest,
  readSsoSessionResponse,
  type SsoSession,
  type SsoSessionRequest,
  type SsoSessionRequestInput,
  type SsoSessionRequestOptions,
} from './sso-session.ts'
export { createTokenRequest, type TokenRequest, type TokenRequestInput } from './token-request.ts'
export { type AccessToken, readTokenResponse } from './token-response.ts'
export {
  importVerificationKey,
  type VerificationKey,
  type VerificationKeyInput,
} from './verification-key.ts'
export {
  type VerifiedClientAssertion,
  type VerifyClientAssertionOptions,
  type VerifyOptions,
  verifyClientAssertion,
} from './verify-client-assertion.ts'
export type { ClientKeyRecord, FindKey } from './verify-jws.ts'
export {
  type VerifiedSignedJwtBody,
  type VerifySignedJwtBodyOptions,
  verifySignedJwtBody,
} from './verify-signed-jwt-body.ts'
export type { SsoJwtWarning, SsoJwtWarningCode } from './warning.ts'
