import type { RecordKind } from '../record/sealed-record.ts'
import { isSpan, isWithin, type Span, spanOf } from '../record/span.ts'
import { isObject, isTime } from '../record/values.ts'

/** The brokerage session's state as IBKR reports it; the shape of `@ibkr-auth/transport`'s report. */
export interface BrokerageReport {
  readonly authenticated: boolean
  readonly connected: boolean
  readonly competing: boolean
  /** False while accounts are not loaded. */
  readonly established?: boolean | undefined
  /** When it was seen, in milliseconds since 1970. */
  readonly atMs: number
}

/** When the brokerage session was last seen to be ours and well, in milliseconds since 1970. */
export interface BrokerageProof {
  readonly atMs: number
}

/** What is stored of the brokerage session. All times are the store's. */
export interface LeaderRecord {
  readonly leader: ({ readonly holder: string } & Span) | undefined
  readonly report: BrokerageReport | undefined
  readonly proof: BrokerageProof | undefined
  /** Until when somebody who follows wants the brokerage session. */
  readonly wanted: Span | undefined
}

/** A wish holds for so long, in milliseconds. */
const wantedForMs = 300_000

/** Whether somebody who follows wants it. */
export function isWanted({ wanted }: LeaderRecord, nowMs: number): boolean {
  return wanted !== undefined && isWithin(nowMs, wanted.fromMs, wanted.untilMs)
}

/** Somebody wants it; undefined if that was said lately. */
export function withWish(record: LeaderRecord, nowMs: number): LeaderRecord | undefined {
  const wanted = spanOf(nowMs, wantedForMs)
  return isWanted(record, nowMs + wantedForMs / 2) ? undefined : { ...record, wanted }
}

/** Who leads and is not late. */
export function activeLeader({ leader }: LeaderRecord, nowMs: number): string | undefined {
  return leader !== undefined && isWithin(nowMs, leader.fromMs, leader.untilMs) ? leader.holder : undefined
}

/** A report replaces the one before. A healthy one proves that the session is ours; one that says the contrary ends the proof. */
export function withReport(record: LeaderRecord, report: BrokerageReport): LeaderRecord {
  const { authenticated, connected, competing, atMs } = report
  const isHealthy = authenticated && connected && !competing
  const isContradicted = competing || !authenticated
  return { ...record, report, proof: isHealthy ? { atMs } : isContradicted ? undefined : record.proof }
}

const keptForMs = 600_000

/** How such a record is stored. */
export const leaderRecord: RecordKind<LeaderRecord> = {
  name: 'leader',
  empty: { leader: undefined, report: undefined, proof: undefined, wanted: undefined },
  isSound: {
    leader: (value) => isSpan(value) && typeof value.holder === 'string',
    report: isReport,
    proof: (value) => isObject(value) && isTime(value.atMs),
    wanted: isSpan,
  },
  keepUntilMs: (_record, nowMs) => nowMs + keptForMs,
}

export function isReport(value: unknown): value is BrokerageReport {
  if (!isObject(value)) return false
  const { authenticated, connected, competing, established, atMs } = value
  const flags = [authenticated, connected, competing, established ?? false]
  return flags.every((flag) => typeof flag === 'boolean') && isTime(atMs)
}
