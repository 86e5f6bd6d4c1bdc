import { maskTarget } from '../explain/mask.ts'
import type { Explanation } from '../explain/types.ts'
import type { RequestRecord, Verdict } from '../request/record.ts'

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
  readonly client?: string | undefined
  /** Which form of the base string matched: `rfc5849`, `omit`, or the name of a lenient variant. */
  readonly signedAs?: string | undefined
  /** Why it was refused, or why it could not be served. */
  readonly explanation?: Explanation | undefined
  /** What a fault did to it. */
  readonly fault?: string | undefined
}

/** The entry for a finished request; status 0 stands for a connection that was dropped. */
export function entryOf(record: RequestRecord, status: number): LogEntry {
  const { id, receivedAtMs: atMs, method, target, verdict, client, signedAs, explanation, fault } = record
  return {
    id,
    atMs,
    method,
    target: maskTarget(target),
    status,
    verdict,
    client,
    signedAs,
    explanation,
    fault,
  }
}
