/** Codes of {@link TransportError} that come from sessions. */
export const sessionErrorCodes = [
  'ERR_TRANSPORT_SESSION_CLOSED',
  'ERR_TRANSPORT_SESSION_FAILED',
  'ERR_TRANSPORT_SESSION_REFUSED',
] as const
