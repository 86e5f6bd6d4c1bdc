import { hexText } from '../credentials/random-text.ts'

/** The outer, read-only session that a live session token or an SSO bearer opens. */
export interface ApiSession {
  readonly kind: 'oauth1' | 'sso'
  readonly username: string
  readonly createdAtMs: number
  /** Value of the `api` cookie and of `session` in the answer to tickle: 32 hex digits. */
  readonly cookie: string
  /** Value of the `x-sess-uuid` cookie. */
  readonly uuid: string
  readonly expiresAtMs: number
  /** The address that an SSO session was asked for. */
  readonly ip: string | undefined
  lastActivityMs: number
  cookiesSent: boolean
  /** IBKR fetches the orders at the first request of them, and shows them from the second on. */
  ordersFetched: boolean
  /** The account that was chosen; undefined stands for the first. */
  selectedAccountId: string | undefined
  loggedOut: boolean
  /** A fault can end its token before its time. */
  endedByFault: boolean
}

/** True if the token of a session is no longer good, by time or by fault. */
export function hasEnded({ endedByFault, expiresAtMs }: ApiSession, nowMs: number): boolean {
  return endedByFault || expiresAtMs <= nowMs
}

/** Opens a session at `nowMs` for a username. */
export function openApiSession(
  input: Pick<ApiSession, 'kind' | 'username' | 'expiresAtMs' | 'ip'>,
  nowMs: number,
): ApiSession {
  const seconds = Math.floor(nowMs / 1000)
  return {
    ...input,
    createdAtMs: nowMs,
    cookie: hexText(16),
    uuid: `0.${hexText(4)}.${seconds}.${hexText(4)}`,
    lastActivityMs: nowMs,
    cookiesSent: false,
    ordersFetched: false,
    selectedAccountId: undefined,
    loggedOut: false,
    endedByFault: false,
  }
}
