import type { RecordKind } from '../record/sealed-record.ts'

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
  readonly leader: { readonly holder: string; readonly untilMs: number } | undefined
  readonly report: BrokerageReport | undefined
  readonly proof: BrokerageProof | undefined
}

/** Who leads and is not late. */
export function activeLeader({ leader }: LeaderRecord, nowMs: number): string | undefined {
  return leader !== undefined && leader.untilMs > nowMs ? leader.holder : undefined
}

/** A report replaces the one before. A healthy one proves that the session is ours; one that says the contrary ends the proof. */
export function withReport(record: LeaderRecord, report: BrokerageReport): LeaderRecord {
  const { authenticated, connected, competing, atMs } = report
  const isHealthy = authenticated && connected && !competing
  const isContradicted = competing || !authenticated
  return { ...record, report, proof: isHealthy ? { atMs } : isContradicted ? undefined : record.proof }
}

const keptForMs = 600_000

/** How such a record is written and read. */
export const leaderRecord: RecordKind<LeaderRecord> = {
  empty: { leader: undefined, report: undefined, proof: undefined },
  format: (record) => JSON.stringify({ version: 1, ...record }),
  parse: parseRecord,
  keepUntilMs: (_record, nowMs) => nowMs + keptForMs,
}

function parseRecord(text: string): LeaderRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (!isObject(value) || value.version !== 1) return undefined
  const { leader, report, proof } = value
  const isSound =
    (leader === undefined ||
      (isObject(leader) && typeof leader.holder === 'string' && isTime(leader.untilMs))) &&
    (report === undefined || isReport(report)) &&
    (proof === undefined || (isObject(proof) && isTime(proof.atMs)))
  return isSound ? ({ leader, report, proof } as LeaderRecord) : undefined
}

export function isReport(value: unknown): value is BrokerageReport {
  if (!isObject(value)) return false
  const { authenticated, connected, competing, established, atMs } = value
  const flags = [authenticated, connected, competing, established ?? false]
  return flags.every((flag) => typeof flag === 'boolean') && isTime(atMs)
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
