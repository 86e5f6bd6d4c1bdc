export type { PacingLimit, PacingWindow } from '@ibkr-auth/internal/pacing-limits'
export type { Clock } from './clock.ts'
export type {
  Announcing,
  ContextLike,
  CredentialLike,
  LentCredential,
  SessionLike,
} from './credential/credential.ts'
export type { EstablishReason } from './credential/decide.ts'
export type { ShareCredentialOptions } from './credential/options.ts'
export {
  type SharedCredentialStatus,
  type SharedEstablish,
  shareCredential,
} from './credential/share-credential.ts'
export {
  isSharedSessionError,
  SharedSessionError,
  type SharedSessionErrorCode,
  type SharedSessionErrorDetails,
  sharedSessionErrorCodes,
} from './errors.ts'
export type { BrokerageProof, BrokerageReport } from './leadership/leader-record.ts'
export type { LeadershipNews } from './leadership/news.ts'
export type { ShareLeadershipOptions } from './leadership/options.ts'
export {
  type LeadershipStatus,
  type SharedLeadership,
  shareLeadership,
} from './leadership/share-leadership.ts'
export type { SharePacingOptions } from './pacing/options.ts'
export type {
  PacingEvent,
  PacingPardon,
  PacingPenalty,
  PacingPermit,
  PacingQueueStatus,
  PacingRequest,
  PacingWait,
} from './pacing/request.ts'
export { type SharedPacing, type SharedPacingStatus, sharePacing } from './pacing/share-pacing.ts'
export type { SealingOptions } from './sealing/sealer.ts'
export type { SealingKey } from './sealing/sealing-key.ts'
export type { Remembered, SharedMemoryOptions } from './server/remember.ts'
export {
  type SharedNonceStore,
  type SharedNonceUse,
  type SharedReplayStore,
  type SharedReplayUse,
  sharedNonceStore,
  sharedReplayStore,
} from './server/stores.ts'
export { onStoreEvent, type StoreEvents, type StoreOperationEvent } from './store/channels.ts'
export { type FileStoreOptions, fileStore } from './store/file-store.ts'
export { type MemoryStoreOptions, memoryStore } from './store/memory-store.ts'
export type {
  IoRedisLike,
  IoRedisSubscriberLike,
  NodeRedisInput,
  NodeRedisLike,
  NodeRedisSubscriberLike,
  RedisClientLike,
} from './store/redis-connection.ts'
export { type RedisStore, type RedisStoreOptions, redisStore } from './store/redis-store.ts'
export type { StopWatching, Store, StoredEntry, WriteOutcome } from './store/store.ts'
export type { StoreStatus } from './store/store-access.ts'
export type {
  Conversation,
  Counter,
  CounterWindow,
  PlaceReference,
  TakeAnswer,
  TakeRequest,
  Wish,
} from './store/take.ts'
