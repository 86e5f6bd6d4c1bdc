/** One use of a `jti`. The pair of client and `jti` is what must be new, whichever kind of token it came with. */
export interface JtiUse {
  /** `iss` of the verified token. At most 1024 characters. */
  readonly clientId: string
  /** At most 1024 characters. */
  readonly jti: string
  /** From this moment on every verifier refuses the token anyway, and the use may be forgotten. Ms since 1970. */
  readonly expiresAtMs: number
}

/** What came of recording a use: it was new, had been seen, or there was no room. */
export type ReplayOutcome = 'new' | 'seen' | 'full'

/**
 * Memory of the `jti` values of accepted tokens. A shared one does its step in one operation of its database, so that of
 * two equal tokens at the same time one is refused: in Redis, `SET jti:<clientId>:<jti> 1 NX PX <expiresAtMs - nowMs>`
 * (both parts escaped, so that no two uses share a key) is `new` when it answers OK, `seen` when it answers nothing.
 * One store serves all verifiers of a server.
 */
export interface ReplayStore {
  /**
   * Records a use until `expiresAtMs`, in one atomic step.
   *
   * @param nowMs - The verifier's clock, in ms since 1970.
   * @returns `seen` if it is recorded already, `full` if it cannot be recorded without forgetting a live one.
   */
  record(use: JtiUse, nowMs: number): ReplayOutcome | Promise<ReplayOutcome>
}

/** A replay store in memory. */
export interface MemoryReplayStore extends ReplayStore {
  /** Number of uses held, expired ones that have not been swept included. */
  readonly size: number
  /** Estimate of the memory they take, in bytes. */
  readonly sizeBytes: number
  /** @throws {SsoJwtError} `ERR_SSO_JWT_INVALID_INPUT` for a use that is none. */
  record(use: JtiUse, nowMs: number): ReplayOutcome
}
