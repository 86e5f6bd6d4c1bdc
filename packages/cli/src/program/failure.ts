import { isLiveSessionTokenError } from '@ibkr-auth/dh-live-session-token'
import { isOAuth1Error } from '@ibkr-auth/oauth1-signing'
import { isSandboxError } from '@ibkr-auth/sandbox'
import { isSsoJwtError } from '@ibkr-auth/sso-jwt'
import { isTransportError } from '@ibkr-auth/transport'
import { KeygenError } from '../keygen/errors.ts'
import { SettingError } from '../profile/errors.ts'
import { CancelledError, UsageError } from './errors.ts'

/** What went wrong, for a person, a script (`exitCode`) and a machine (`--json`). */
export interface Failure {
  /** 1 refused by the server or cancelled by the user, 2 wrong usage, settings or keys, 3 unreachable. */
  readonly exitCode: 1 | 2 | 3
  readonly code: string
  readonly message: string
  /** What to try. */
  readonly remedy?: string | undefined
}

const unreachable = ['ERR_TRANSPORT_UNREACHABLE', 'ERR_TRANSPORT_TIMEOUT', 'ERR_TRANSPORT_AMBIGUOUS']
const isOurs = [isTransportError, isLiveSessionTokenError, isOAuth1Error, isSsoJwtError, isSandboxError]
const tryDoctor = 'Try: ibkr-auth doctor'

/**
 * Says what an error means. Messages of our packages hold no secrets; those of anybody else are not shown, and are
 * `undefined` here.
 */
export function explainFailure(error: unknown): Failure | undefined {
  const cause = rootCause(error)
  if (cause instanceof UsageError) return { ...told(cause, 2), remedy: 'Try: ibkr-auth help' }
  if (cause instanceof SettingError) return { ...told(cause, 2), remedy: tryDoctor }
  if (cause instanceof KeygenError) return told(cause, 2)
  if (cause instanceof CancelledError) return told(cause, 1)
  if (!isKnown(cause)) return undefined
  return { ...told(cause, unreachable.includes(cause.code) ? 3 : 1), remedy: tryDoctor }
}

function told({ code, message }: { code: string; message: string }, exitCode: Failure['exitCode']): Failure {
  return { exitCode, code, message }
}

/** The innermost error that one of our packages threw: a session wraps what its exchange failed with. */
function rootCause(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined
  return cause instanceof SettingError || isKnown(cause) ? rootCause(cause) : error
}

function isKnown(error: unknown): error is Error & { code: string } {
  return isOurs.some((is) => is(error))
}
