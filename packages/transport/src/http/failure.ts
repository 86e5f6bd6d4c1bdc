/** Why an exchange ended without a whole reply, in the terms of HTTP: what it means for the caller is decided elsewhere. */
export type FailureKind =
  | 'unreachable'
  | 'untrusted'
  | 'refused'
  | 'timeout'
  | 'bad-response'
  | 'too-large'
  | 'held'

/** An exchange that ended without a whole reply. */
export class ExchangeFailure extends Error {
  readonly kind: FailureKind

  constructor(kind: FailureKind, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.kind = kind
  }
}
