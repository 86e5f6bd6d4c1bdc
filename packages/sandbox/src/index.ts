export type {
  CredentialsFile,
  IssuedAccessToken,
  Oauth2Credentials,
  SandboxCredentials,
} from './credentials/credentials.ts'
export type {
  AccessTokenInput,
  CredentialsInput,
  Oauth2CredentialsInput,
  UserInput,
} from './credentials/input.ts'
export type { KeyInput } from './credentials/keys.ts'
export { readCredentials } from './credentials/read-credentials.ts'
export { writeCredentials } from './credentials/write-credentials.ts'
export { isSandboxError, SandboxError, type SandboxErrorCode } from './errors.ts'
export type { MistakeName } from './explain/names.ts'
export type { Explanation } from './explain/types.ts'
export type { Faults } from './faults/faults.ts'
export type { FaultEffect, FaultMoment, FaultRule, FaultScope } from './faults/rule.ts'
export type { FaultHandle } from './faults/rules.ts'
export type { LogEntry } from './log/entry.ts'
export { formatEntry } from './log/format-entry.ts'
export type { RequestLog } from './log/request-log.ts'
export type { Instrument } from './market/instruments.ts'
export type { MarketScript } from './market/market-script.ts'
export type { Execution, Order, OrderStatus } from './market/order.ts'
export type { OrderFields } from './market/order-fields.ts'
export type { Availability, Quote } from './market/quotes.ts'
export type {
  CreateSandboxOptions,
  QuerySigningOption,
  SandboxOptions,
  StartSandboxOptions,
} from './options.ts'
export type { Verdict } from './request/record.ts'
export { createSandbox, type Sandbox } from './sandbox.ts'
export { type RunningSandbox, startSandbox } from './start-sandbox.ts'
export type { Approval, ApproveOptions } from './state/consent.ts'
export type { PacingOptions } from './state/pacing.ts'
export type { FrameEntry, FrameLog } from './ws/frame-log.ts'
export type { StreamOptions } from './ws/stream-options.ts'
export type { Streams } from './ws/streams.ts'
