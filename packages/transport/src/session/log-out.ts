import type { TransportRequest } from '../request/types.ts'
import type { Held } from './credential-state.ts'
import type { Journal } from './journal.ts'
import type { SessionSettings } from './settings.ts'
import { Waiters } from './waiters.ts'

/** Whose logout it is. */
interface LogoutHost {
  readonly settings: SessionSettings
  readonly journal: Journal
  readonly credential: { readonly logoutCredential: Held | undefined }
}

/** Logs out, if there is a credential to do it with and it is to be ended. Never rejects. */
export async function logOut(
  host: LogoutHost,
  send: (request: TransportRequest) => Promise<unknown>,
): Promise<void> {
  const { settings, journal, credential } = host
  const held = credential.logoutCredential
  if (held === undefined || !(await isToEnd(held, host))) return
  const timeouts = { totalMs: settings.closeTimeoutMs }
  const request = { method: 'POST', url: '/logout', retryLimit: 0, throwHttpErrors: true, timeouts }
  await send(request).catch((error: unknown) => journal.failed('logout', error))
}

/** A credential may say so itself, at once or later: others may still use it. */
async function isToEnd({ credential }: Held, { settings, journal }: LogoutHost): Promise<boolean> {
  const { logout = settings.logout } = credential
  if (typeof logout === 'boolean') return logout
  const answered = new Waiters<unknown>(settings.timers)
  const timer = settings.timers.after(settings.closeTimeoutMs, () => answered.resolveAll(false))
  try {
    return (await Promise.race([logout.call(credential.original), answered.wait()])) === true
  } catch (error) {
    journal.failed('logout', error)
    return false
  } finally {
    settings.timers.cancel(timer)
    answered.resolveAll(false)
  }
}
