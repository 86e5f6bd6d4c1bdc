export type { BuiltRequest, OriginOptions, Query, SecretText, SecretTextLike } from './built-request.ts'
export { ibkrOrigins } from './built-request.ts'
export type { ClientIdentity, ClockOptions } from './checks.ts'
export type { ClientAssertionOptions } from './client-assertion.ts'
export { createClientAssertion } from './client-assertion.ts'
export type { EchoResponse } from './echo.ts'
export { createEchoHttpsRequest, createEchoSignedJwtRequest, readEchoResponse } from './echo.ts'
export type { InvalidArgument, ProblemDetails, SsoJwtErrorCode, SsoJwtErrorOptions } from './error.ts'
export { isSsoJwtError, SsoJwtError } from './error.ts'
export type {
  BearerRequest,
  BearerRequestInput,
  SignedJwtRequest,
  SignedJwtRequestInput,
  SignedJwtRequestOptions,
} from './gateway-request.ts'
export { createBearerRequest, createSignedJwtRequest } from './gateway-request.ts'
export type { CryptoKeyLike, KeyObjectLike } from './host.ts'
export type {
  IssueAccessTokenInput,
  IssueAccessTokenOptions,
  IssueSsoSessionTokenOptions,
  SsoSessionResponseBody,
  TokenResponseBody,
} from './issue-token.ts'
export type { JsonWebKeyLike } from './key-forms.ts'
export { readProblem } from './problem.ts'
export type { Refusal, RefusalReason } from './refusal.ts'
export type { MemoryReplayStore, ReplayOutcome, ReplayStore } from './replay-store.ts'
export { createReplayStore } from './replay-store.ts'
export type { HeadersLike, Reply } from './reply.ts'
export type { KnownScope, Scope } from './scope.ts'
export {
  importVerificationKey,
  issueAccessToken,
  issueSsoSessionToken,
  verifyClientAssertion,
  verifySignedJwtBody,
} from './server.ts'
export type { SigningAlgorithm } from './signing-algorithm.ts'
export type { SigningFunction } from './signing-function.ts'
export type { ImportSigningKeyOptions, SecretBytesLike, SigningKey, SigningKeyInput } from './signing-key.ts'
export { importSigningKey } from './signing-key.ts'
export type {
  ReadSsoBrowserSessionOptions,
  SsoBrowserSession,
  SsoBrowserSessionRequest,
  SsoBrowserSessionRequestInput,
} from './sso-browser-session.ts'
export { createSsoBrowserSessionRequest, readSsoBrowserSessionResponse } from './sso-browser-session.ts'
export type {
  SsoSession,
  SsoSessionRequest,
  SsoSessionRequestInput,
  SsoSessionRequestOptions,
} from './sso-session.ts'
export { createSsoSessionRequest, readSsoSessionResponse } from './sso-session.ts'
export type {
  ParsedTokenRequest,
  TokenRequest,
  TokenRequestInput,
  TokenRequestRefusal,
} from './token-request.ts'
export { createTokenRequest, readTokenRequest } from './token-request.ts'
export type { AccessToken } from './token-response.ts'
export { readTokenResponse } from './token-response.ts'
export type { VerificationKey, VerificationKeyInput } from './verification-key.ts'
export type {
  VerifiedClientAssertion,
  VerifyClientAssertionOptions,
  VerifyOptions,
} from './verify-client-assertion.ts'
export type { ClientKeyRecord, FindKey } from './verify-jws.ts'
export type { VerifiedSignedJwtBody, VerifySignedJwtBodyOptions } from './verify-signed-jwt-body.ts'
export type { SsoJwtWarning, SsoJwtWarningCode } from './warning.ts'
