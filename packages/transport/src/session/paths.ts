/** `/iserver` is the brokerage session, but for the calls that set it up. */
export function needsBrokerage(path: string): boolean {
  if (path !== '/iserver' && !path.startsWith('/iserver/')) return false
  return !path.startsWith('/iserver/auth/') && path !== '/iserver/reauthenticate'
}

/** Whether a request to this path breaks the silence that ends a brokerage session. */
export function keepsAlive(path: string): boolean {
  return path === '/tickle' || path.startsWith('/iserver/')
}
