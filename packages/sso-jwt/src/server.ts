export type { CryptoKeyLike, JsonWebKeyLike, KeyObjectLike } from '@ibkr-auth/internal/key-forms'
export type { SecretBytesLike } from '@ibkr-auth/internal/secret'
export type { ClockOptions, RandomOptions } from './checks.ts'
export type { SigningAlgorithm } from './keys/algorithms.ts'
export type { SigningKey } from './keys/signing-key.ts'
export type {
  IssueAccessTokenInput,
  IssueAccessTokenOptions,
  IssueSsoSessionTokenOptions,
  SsoSessionResponseBody,
  TokenResponseBody,
} from './server/issue-token.ts'
export { issueAccessToken, issueSsoSessionToken } from './server/issue-token.ts'
export type { ClientKeyRecord, FindKey } from './server/key-record.ts'
export type { Refusal, RefusalCode } from './server/refusal.ts'
export type { ReplayStoreOptions } from './server/replay-memory.ts'
export { createReplayStore } from './server/replay-memory.ts'
export type { JtiUse, MemoryReplayStore, ReplayOutcome, ReplayStore } from './server/replay-store.ts'
export type { ParsedTokenRequest, TokenRequestRefusal } from './server/token-request.ts'
export { readTokenRequest } from './server/token-request.ts'
export type {
  ImportVerificationKeyOptions,
  VerificationKey,
  VerificationKeyInput,
} from './server/verification-key.ts'
export { importVerificationKey } from './server/verification-key.ts'
export type {
  VerifiedClientAssertion,
  VerifyClientAssertionOptions,
} from './server/verify-client-assertion.ts'
export { verifyClientAssertion } from './server/verify-client-assertion.ts'
export type { VerifyOptions } from './server/verify-options.ts'
export type { VerifiedSignedJwtBody, VerifySignedJwtBodyOptions } from './server/verify-signed-jwt-body.ts'
export { verifySignedJwtBody } from './server/verify-signed-jwt-body.ts'
