export {
  type ParsedAuthorizationHeader,
  type ParseHeaderOptions,
  parseAuthorizationHeader,
} from './header/parse.ts'
export { rsaSha1Verifier, rsaSha256Verifier } from './methods/rsa.ts'
export type { Verifier } from './methods/signer.ts'
export type { Claims } from './server/claims.ts'
export {
  createNonceStore,
  type MemoryNonceStore,
  type NonceOutcome,
  type NonceStore,
  type NonceStoreOptions,
  type NonceUse,
} from './server/nonce-store.ts'
export type { ReceivedRequest } from './server/received-request.ts'
export type { Refusal, RefusalCode } from './server/refusal.ts'
export type { KeyRecord, VerifyOptions } from './server/verify-options.ts'
export {
  type RequestParameter,
  type VerificationResult,
  type VerifiedRequest,
  verifyRequest,
  verifyRequestSync,
} from './server/verify-request.ts'
