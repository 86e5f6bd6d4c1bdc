import type { BrokerageReport } from './brokerage-report.ts'

/** Whether to end another brokerage session of the username: only one's own, never, or whichever is found. */
export type TakeOver = 'own' | 'never' | 'always'

/** A point in time on both clocks, in milliseconds: they part when the machine sleeps or its clock is set. */
export interface Moment {
  readonly monotonicMs: number
  readonly wallMs: number
}

/** A brokerage status that said, under one credential: authenticated, connected, not competing. */
export interface Proof {
  /** Which credential it was seen under; 0 for one of another process. */
  readonly credential: number
  readonly seen: Moment
  /** Whether the credential was asked on purpose, because it was about to be replaced. */
  readonly asked: boolean
}

/** How old a proof may be, by the larger of both clocks, in milliseconds. */
export const proofLastsMs = 120_000
/** How seldom a session is ended on a proof that was only remembered, in milliseconds. */
export const takeOverPauseMs = 600_000

/**
 * Whether a session that a fresh credential finds in its way may be ended.
 *
 * @param takenAtMs - When that was last done without asking first (monotonic milliseconds).
 */
export function mayTakeOver(
  policy: TakeOver,
  proof: Proof | undefined,
  credential: number,
  takenAtMs: number | undefined,
  now: Moment,
): boolean {
  if (policy === 'never') return false
  const paused = takenAtMs !== undefined && now.monotonicMs - takenAtMs < takeOverPauseMs
  if (policy === 'always') return !paused
  if (proof === undefined || proof.credential === credential || ageMs(proof.seen, now) > proofLastsMs)
    return false
  return proof.asked || !paused
}

/** The larger of the ages by both clocks. */
export function ageMs(seen: Moment, now: Moment): number {
  return Math.max(now.monotonicMs - seen.monotonicMs, now.wallMs - seen.wallMs)
}

/** What a status under a credential makes of the proof: a new one, none, or what it was. */
export function weigh(
  proof: Proof | undefined,
  report: BrokerageReport,
  credential: number,
  now: Moment,
  asked: boolean,
): Proof | undefined {
  if (report.authenticated && report.connected && !report.competing) return { credential, seen: now, asked }
  return proof?.credential === credential ? undefined : proof
}

/** A proof of another process, which came by the wall clock alone: its age is what that one says. Undefined if it counts no more. */
export function proofSeenAt(atMs: number | undefined, now: Moment): Proof | undefined {
  if (atMs === undefined) return undefined
  // Nothing was seen later than now: that one's clock is ahead.
  const age = Math.max(0, now.wallMs - atMs)
  if (!(age <= proofLastsMs)) return undefined
  const seen = { wallMs: now.wallMs - age, monotonicMs: now.monotonicMs - age }
  return { credential: 0, seen, asked: false }
}
