import type { Flow } from './doctor.ts'

/** What `doctor` would send, in order, for whoever wants to know beforehand. */
export const plans: Readonly<Record<Flow, readonly string[]>> = {
  oauth1: [
    'before it asks: name, connection and certificate of the server; GET / without credentials, for its clock',
    'once you say yes: POST /oauth/live_session_token (a new live session token; a program that signs in at the same time may lose its own)',
    'GET /portfolio/accounts, signed',
    'GET /trsrv/stocks?symbols=AAPL,MSFT, signed as configured, and only if that is refused in the other ways',
    'POST /iserver/auth/status, which reads and opens nothing',
    'never: ssodh/init, logout, an order',
  ],
  oauth2: [
    'before it asks: name, connection and certificate of the server; GET / without credentials, for its clock',
    'once you say yes: POST /oauth2/api/v1/token',
    'POST /gw/api/v1/sso-sessions (a new session for the username)',
    'GET /sso/validate with its bearer',
    'never: ssodh/init, logout, an order',
  ],
}
