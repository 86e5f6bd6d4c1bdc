import type { Explanation } from '../explain/explanation.ts'

/**
 * - `accepted`: authenticated by signature or bearer.
 * - `refused`: not let through; the explanation says why.
 * - `open`: needs no authentication (pages, approval).
 * - `fault`: answered by a fault in place of the sandbox.
 */
export type Verdict = 'accepted' | 'refused' | 'open' | 'fault'

/** One request as the log keeps it. Tokens in the target are masked, headers and bodies are not kept. */
export interface LogEntry {
  /** Counts from 1; the answer carries it as `x-sandbox-request`. */
  readonly id: number
  /** When it came, epoch milliseconds by the clock of the sandbox. */
  readonly atMs: number
  readonly method: string
  /** Path and query. */
  readonly target: string
  /** HTTP status of the answer; 0 if the connection was dropped instead. */
  readonly status: number
  readonly verdict: Verdict
  /** Consumer key or client id, where the request was authenticated. */
  readonly client?: string
  /** Which form of the base string matched: `rfc5849`, `omit`, or the name of a lenient variant. */
  readonly signedAs?: string
  /** Why it was refused, or why it could not be served. */
  readonly explanation?: Explanation
  /** What a fault did to it. */
  readonly fault?: string
}
