/** A price for a contract that stays near its own level and moves a little with time: plausible, not real. */
export function lastPrice(conid: number, nowMs: number): number {
  const level = 20 + ((conid * 7919) % 40_000) / 100
  const drift = Math.sin(nowMs / 60_000 + conid) * level * 0.002
  return Math.round((level + drift) * 100) / 100
}

/** A row of `/iserver/marketdata/snapshot`: last (31), symbol (55), bid (84), ask (86), sizes (85, 88). */
export function snapshotRow(
  conid: number,
  nowMs: number,
  wanted: ReadonlySet<string> | undefined,
): Readonly<Record<string, unknown>> {
  const last = lastPrice(conid, nowMs)
  const fields: Readonly<Record<string, string>> = {
    31: last.toFixed(2),
    55: `SBX${conid}`,
    84: (last - 0.01).toFixed(2),
    85: '1,200',
    86: (last + 0.01).toFixed(2),
    88: '900',
  }
  const shown = Object.entries(fields).filter(([field]) => wanted === undefined || wanted.has(field))
  return {
    ...Object.fromEntries(shown),
    conid,
    conidEx: String(conid),
    _updated: nowMs,
    server_id: 'q0',
    6509: 'RpB',
  }
}
