const codes = [
  'ERR_SANDBOX_INVALID_INPUT',
  'ERR_SANDBOX_HOST_NOT_LOOPBACK',
  'ERR_SANDBOX_CREDENTIALS_UNREADABLE',
  'ERR_SANDBOX_CREDENTIALS_UNWRITABLE',
  'ERR_SANDBOX_CONNECTION_DROPPED',
] as const

/** Every code a {@link SandboxError} can carry; adding one is a minor release, removing one a major. */
export type SandboxErrorCode = (typeof codes)[number]

/** The only error this package throws. Refused requests are answers, never errors. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError'
  /** Stable and public: branch on this, never on the message. */
  readonly code: SandboxErrorCode

  constructor(code: SandboxErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options)
    this.code = code
  }
}

/** True for errors of this package, also when another installed copy of it threw them. */
export function isSandboxError(value: unknown): value is SandboxError {
  return value instanceof Error && 'code' in value && codes.some((code) => code === value.code)
}

/** A caller's mistake in an option or an argument; the message names the field and the remedy. */
export function invalidInput(message: string): SandboxError {
  return new SandboxError('ERR_SANDBOX_INVALID_INPUT', message)
}
