export type { CryptoKeyLike, JsonWebKeyLike, KeyInput, KeyObjectLike } from '@ibkr-auth/internal/key-forms'
export type { HeadersLike, Reply } from '@ibkr-auth/internal/message'
export type { SecretBytesLike, SecretTextLike } from '@ibkr-auth/internal/secret'
export { SecretText } from '@ibkr-auth/internal/secret'
export type { ClientIdentity, ClockOptions, RandomOptions } from './checks.ts'
export type { ClientAssertionOptions } from './client/client-assertion.ts'
export { createClientAssertion } from './client/client-assertion.ts'
export type { EchoResponse } from './client/echo.ts'
export { createEchoHttpsRequest, createEchoSignedJwtRequest, readEchoResponse } from './client/echo.ts'
export type {
  BearerRequest,
  BearerRequestInput,
  SignedJwtRequest,
  SignedJwtRequestInput,
  SignedJwtRequestOptions,
} from './client/gateway-request.ts'
export { createBearerRequest, createSignedJwtRequest } from './client/gateway-request.ts'
export type {
  ReadSsoBrowserSessionOptions,
  SsoBrowserSession,
  SsoBrowserSessionRequest,
  SsoBrowserSessionRequestInput,
} from './client/sso-browser-session.ts'
export {
  createSsoBrowserSessionRequest,
  readSsoBrowserSessionResponse,
} from './client/sso-browser-session.ts'
export type {
  SsoSession,
  SsoSessionRequest,
  SsoSessionRequestInput,
  SsoSessionRequestOptions,
} from './client/sso-session.ts'
export { createSsoSessionRequest, readSsoSessionResponse } from './client/sso-session.ts'
export type { AccessToken, AskedScopes, TokenRequest, TokenRequestInput } from './client/token.ts'
export { createTokenRequest, readTokenResponse } from './client/token.ts'
export type {
  InvalidArgument,
  ProblemDetails,
  SsoJwtErrorCode,
  SsoJwtErrorOptions,
  SsoJwtWarning,
  SsoJwtWarningCode,
} from './errors.ts'
export { isSsoJwtError, SsoJwtError } from './errors.ts'
export type { IbkrHost } from './ibkr-hosts.ts'
export { ibkrHosts } from './ibkr-hosts.ts'
export type { SigningAlgorithm } from './keys/algorithms.ts'
export type { ImportSigningKeyOptions, SigningKeyInput } from './keys/import-signing-key.ts'
export { importSigningKey } from './keys/import-signing-key.ts'
export type { SigningFunction } from './keys/signing-function.ts'
export type { SigningKey } from './keys/signing-key.ts'
export type { KnownScope, Scope } from './oauth2.ts'
export { readProblem } from './problem.ts'
export type { BaseUrlOptions, BuiltRequest, Query } from './request.ts'
export type { SentRequest } from './sent-secrets.ts'
