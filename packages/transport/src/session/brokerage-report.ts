/** The brokerage status as `ssodh/init`, `auth/status` and `tickle` report it (OpenAPI 2.40.0, `brokerageSessionStatus`). */
export interface BrokerageReport {
  readonly authenticated: boolean
  readonly connected: boolean
  readonly competing: boolean
  /** False while accounts are not loaded; absent from some answers. */
  readonly established?: boolean | undefined
  /** IBKR's own words for what is wrong, if it has any. */
  readonly message?: string | undefined
  readonly fail?: string | undefined
}

/** Before anything was heard. */
export const unknownReport: BrokerageReport = { authenticated: false, connected: false, competing: false }

/** Whether a brokerage session is good for orders. `established` is the gate where it is told: without it account calls answer empty. */
export function isOpen(report: BrokerageReport): boolean {
  return report.authenticated && report.connected && !report.competing && report.established !== false
}

/** A status in words, IBKR's own included. */
export function describeReport({
  authenticated,
  connected,
  competing,
  established,
  message,
  fail,
}: BrokerageReport): string {
  const found = [
    `authenticated: ${authenticated}`,
    `connected: ${connected}`,
    `competing: ${competing}`,
    `established: ${established ?? 'not told'}`,
    ...(message === undefined ? [] : [`message: "${message}"`]),
    ...(fail === undefined ? [] : [`fail: "${fail}"`]),
  ]
  return found.join(', ')
}
