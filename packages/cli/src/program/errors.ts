/** A word of the command line that is not understood; the message says what is. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  readonly code = 'ERR_CLI_USAGE'
}

/** The user said no, which no setting mends. */
export class CancelledError extends Error {
  override readonly name = 'CancelledError'
  readonly code = 'ERR_CLI_CANCELLED'
}
