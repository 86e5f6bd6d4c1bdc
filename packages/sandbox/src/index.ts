export type {
  CredentialsFile,
  Oauth2Credentials,
  SandboxCredentials,
} from './credentials/credentials.ts'
export { readCredentials, writeCredentials } from './credentials/files.ts'
export type { CredentialsInput, Oauth2CredentialsInput } from './credentials/input.ts'
export type { KeyInput } from './credentials/keys.ts'
export { isSandboxError, SandboxError, type SandboxErrorCode } from './errors.ts'
export type { Explanation } from './explain/explanation.ts'
export type { MistakeName } from './explain/mistake-names.ts'
export type { FaultEffect, FaultMoment, FaultRule, FaultScope } from './faults/fault-rule.ts'
export type { FaultHandle } from './faults/fault-rules.ts'
export type { Faults } from './faults/faults.ts'
export type { LogEntry, Verdict } from './log/entry.ts'
export { formatEntry } from './log/format-entry.ts'
export type { RequestLog } from './log/request-log.ts'
export type {
  CreateSandboxOptions,
  QuerySigningOption,
  SandboxOptions,
  StartSandboxOptions,
} from './options.ts'
export { createSandbox, type Sandbox } from './sandbox.ts'
export { type RunningSandbox, startSandbox } from './start-sandbox.ts'
export type { Order } from './state/orders.ts'
