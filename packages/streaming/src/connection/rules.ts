/** Times of the connection, in milliseconds. */
export interface ConnectionRules {
  /** Longest wait for `connect()`. */
  readonly connectTimeoutMs: number
  /** Longest handshake. */
  readonly openTimeoutMs: number
  /** Longest silence between the open socket and `system` success. */
  readonly greetingTimeoutMs: number
  /** Longest time without a heartbeat; IBKR sends one every 10 s. */
  readonly heartbeatTimeoutMs: number
  /** Between two `tic`; IBKR wants one a minute. */
  readonly ticIntervalMs: number
  /** The first wait between two connections at the most; doubled with each failure. */
  readonly backoffBaseMs: number
  /** Any wait at the most. */
  readonly backoffMaxMs: number
  /** The first wait while another login competes, or `connect()` is refused. */
  readonly pauseBaseMs: number
  /** The wait after an upgrade that was answered with 429: IBKR bars an address for 10 to 15 minutes. */
  readonly penaltyMs: number
  /** A connection that says for so long that there is no brokerage session is asked for anew: its `sts` may be wrong. */
  readonly brokerageTimeoutMs: number
  /** Longest wait for a subscription's `catchUp()`. */
  readonly catchUpTimeoutMs: number
}

/** What IBKR's documentation and measurements by others suggest. */
export const defaultRules: ConnectionRules = {
  connectTimeoutMs: 60_000,
  openTimeoutMs: 15_000,
  greetingTimeoutMs: 10_000,
  heartbeatTimeoutMs: 25_000,
  ticIntervalMs: 45_000,
  backoffBaseMs: 1_000,
  backoffMaxMs: 60_000,
  pauseBaseMs: 10_000,
  penaltyMs: 900_000,
  brokerageTimeoutMs: 300_000,
  catchUpTimeoutMs: 60_000,
}

/** The wait after so many failures: doubled each time, half of it at random. */
export function backoffMs(baseMs: number, maxMs: number, failures: number, random: number): number {
  const most = Math.min(maxMs, baseMs * 2 ** Math.min(30, Math.max(0, failures - 1)))
  const share = random >= 0 && random < 1 ? random : 0.5
  return most / 2 + (most / 2) * share
}
