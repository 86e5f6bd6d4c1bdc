import type { RecordKind } from '../record/sealed-record.ts'
import { isSpan, isWithin, type Span } from '../record/span.ts'
import { isObject, isTime } from '../record/values.ts'
import { areCookies } from './credential.ts'

/** What is stored of one login. All times are the store's, in milliseconds since 1970. */
export interface CredentialRecord {
  readonly credential: StoredCredential | undefined
  /** Who may log in, and until when nobody else may. */
  readonly lease: Lease | undefined
  /** A login that may have replaced the credential. */
  readonly sent: SentLogin | undefined
  readonly doubt: Doubt | undefined
  readonly failure: LoginFailure | undefined
}

/** A credential as it is stored. */
export interface StoredCredential {
  /** Tells logins apart. */
  readonly id: string
  /** Grows with each login. */
  readonly generation: number
  /** What `encode` made of it. */
  readonly data: string
  readonly expiresAtMs: number
  readonly username: string | undefined
  readonly cookies: readonly string[] | undefined
}

/** The right to log in, from when it was given, or given for longer. */
export interface Lease extends Span {
  readonly holder: string
}

/** A login that was sent, and nobody has said what came of it. */
interface SentLogin {
  /** Who sent the last one. */
  readonly holder: string
  /** When the first one was sent of which nothing is known. */
  readonly sinceMs: number
}

/** What processes say of a credential that one of them was refused with. */
interface Doubt {
  readonly credentialId: string
  readonly refusedBy: readonly Vote[]
  readonly goodFor: readonly Vote[]
}

export interface Vote {
  readonly holder: string
  readonly atMs: number
  /** Its clock is not the store's, which gets a good credential refused, too; or the store's is wrong. */
  readonly clockIsOff?: boolean | undefined
}

/** The last logins failed. */
export interface LoginFailure {
  readonly holder: string
  readonly count: number
  readonly atMs: number
  readonly retryAtMs: number
  /** Code or name of the error. */
  readonly reason: string
}

export const emptyRecord: CredentialRecord = {
  credential: undefined,
  lease: undefined,
  sent: undefined,
  doubt: undefined,
  failure: undefined,
}

/** Somebody may log in and is not late. */
export function activeLease({ lease }: CredentialRecord, nowMs: number): Lease | undefined {
  return lease !== undefined && isWithin(nowMs, lease.fromMs, lease.untilMs) ? lease : undefined
}

/** The last logins failed, and the next is not due. */
export function activeFailure({ failure }: CredentialRecord, nowMs: number): LoginFailure | undefined {
  return failure !== undefined && isWithin(nowMs, failure.atMs, failure.retryAtMs) ? failure : undefined
}

/** How long a credential is used after another login was sent, in milliseconds. Until then most logins have been answered. */
const graceMs = 1_500

/** A login was sent some time ago, and nobody has said what came of it: what is stored may have been replaced. */
export function isInDoubt({ sent }: CredentialRecord, nowMs: number): boolean {
  return sent !== undefined && !isWithin(nowMs, sent.sinceMs, sent.sinceMs + graceMs)
}

/** A login is about to be sent, which gives the lease for longer. What an earlier one has left open stays so since then. */
export function withSending(record: CredentialRecord, holder: string, span: Span): CredentialRecord {
  const sinceMs = Math.min(record.sent?.sinceMs ?? span.fromMs, span.fromMs)
  return { ...withLease(record, holder, span), sent: { holder, sinceMs } }
}

/** The lease is given to `holder`, or given for longer. */
export function withLease(record: CredentialRecord, holder: string, span: Span): CredentialRecord {
  return { ...record, lease: { holder, ...span } }
}

/** There is a new credential: what was said of the old one is over. */
export function withCredential(credential: StoredCredential): CredentialRecord {
  return { ...emptyRecord, credential }
}

/** A login failed, so that it has replaced nothing; the next is due after a wait that doubles, up to a minute, or after what the server asked for. */
export function withFailure(
  record: CredentialRecord,
  failure: {
    readonly holder: string
    readonly nowMs: number
    readonly retryAfterMs: number
    readonly reason: string
  },
): CredentialRecord {
  const { holder, nowMs, reason } = failure
  const count = (record.failure?.count ?? 0) + 1
  const waitMs = Math.max(failure.retryAfterMs, Math.min(60_000, 500 * 2 ** count))
  return {
    ...record,
    lease: undefined,
    sent: undefined,
    failure: { holder, count, atMs: nowMs, retryAtMs: nowMs + waitMs, reason },
  }
}

/** A process says how it fared with the credential that is stored. Its earlier word is forgotten. */
export function withVote(
  record: CredentialRecord,
  credentialId: string,
  vote: Vote,
  kind: 'refusedBy' | 'goodFor',
): CredentialRecord {
  const known = record.doubt?.credentialId === credentialId ? record.doubt : undefined
  const others = (votes: readonly Vote[] = []): Vote[] => votes.filter(({ holder }) => holder !== vote.holder)
  const before = { credentialId, refusedBy: others(known?.refusedBy), goodFor: others(known?.goodFor) }
  return { ...record, doubt: { ...before, [kind]: [...before[kind], vote].slice(-32) } }
}

/** A record outlives its credential by this, for what is said in it, in milliseconds. */
const afterlifeMs = 60_000

/** How such a record is stored. */
export const credentialRecord: RecordKind<CredentialRecord> = {
  name: 'login',
  empty: emptyRecord,
  isSound: {
    credential: isCredential,
    lease: isLease,
    sent: isSentLogin,
    doubt: isDoubt,
    failure: isFailure,
  },
  keepUntilMs: ({ credential, failure }, nowMs) =>
    Math.max(nowMs, credential?.expiresAtMs ?? 0, failure?.retryAtMs ?? 0) + afterlifeMs,
}

function isCredential(value: unknown): boolean {
  if (!isObject(value)) return false
  const { id, generation, data, expiresAtMs, username, cookies } = value
  return (
    [id, data].every((text) => typeof text === 'string') &&
    Number.isSafeInteger(generation) &&
    isTime(expiresAtMs) &&
    (username === undefined || typeof username === 'string') &&
    (cookies === undefined || areCookies(cookies))
  )
}

function isLease(value: unknown): boolean {
  return isSpan(value) && typeof value.holder === 'string'
}

function isSentLogin(value: unknown): boolean {
  return isObject(value) && typeof value.holder === 'string' && isTime(value.sinceMs)
}

function isDoubt(value: unknown): boolean {
  const isVote = (vote: unknown): boolean =>
    isObject(vote) && typeof vote.holder === 'string' && isTime(vote.atMs)
  const areVotes = (votes: unknown): boolean => Array.isArray(votes) && votes.every(isVote)
  return (
    isObject(value) &&
    typeof value.credentialId === 'string' &&
    areVotes(value.refusedBy) &&
    areVotes(value.goodFor)
  )
}

function isFailure(value: unknown): boolean {
  if (!isObject(value)) return false
  const { holder, count, atMs, retryAtMs, reason } = value
  return typeof holder === 'string' && [count, atMs, retryAtMs].every(isTime) && typeof reason === 'string'
}
