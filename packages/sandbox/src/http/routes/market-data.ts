import { history, readPeriod } from '../../market/history.ts'
import { instrumentOf } from '../../market/instruments.ts'
import { numberOf, textOf } from '../../request/body.ts'
import { currentBases } from '../../request/paths.ts'
import { apiError, json, type Reply } from '../../request/reply.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { type ApiCall, type ApiRoute, addApiRoutes } from '../api-call.ts'
import type { Router } from '../router.ts'

const routes: readonly ApiRoute[] = [
  [['GET'], '/iserver/marketdata/snapshot', 'accounts', snapshot],
  [['GET'], '/iserver/marketdata/history', 'accounts', bars],
  [['POST'], '/iserver/marketdata/unsubscribe', 'accounts', unsubscribe],
  [['GET'], '/iserver/marketdata/unsubscribeall', 'accounts', unsubscribeAll],
]

/** Market data, as IBKR's HTTP half gives it. */
export function addMarketDataRoutes(router: Router, state: SandboxState): void {
  addApiRoutes(router, state, currentBases, routes)
}

const mostContracts = 100

function snapshot(call: ApiCall): Reply {
  const conids = (textOf(call.fields.conids) ?? '').split(',')
  if (conids.length > mostContracts || !conids.every((conid) => /^\d{1,12}$/.test(conid))) {
    return apiError(400, 'Bad Request: conids is not valid')
  }
  const names = textOf(call.fields.fields)?.split(',')
  const wanted = names === undefined ? undefined : new Set(names)
  return json(conids.map((conid) => snapshotRow(call, Number(conid), wanted)))
}

/** The first request of a contract only starts its stream. */
function snapshotRow(call: ApiCall, conid: number, wanted: ReadonlySet<string> | undefined): object {
  const { state, session, nowMs } = call
  const row = { conid, conidEx: String(conid) }
  if (!state.market.subscriptions.request(session, conid, nowMs)) return row
  const fields = Object.entries(state.market.quotes.snapshotFields(conid, nowMs))
  // 6509 says how fresh the others are, and comes whether it was asked for or not.
  const shown = fields.filter(([field]) => wanted === undefined || wanted.has(field) || field === '6509')
  return { ...row, ...Object.fromEntries(shown), _updated: nowMs, server_id: 'q0', 6119: 'q0' }
}

function bars({ fields, state, nowMs }: ApiCall): Reply {
  const instrument = instrumentOf(numberOf(fields.conid) ?? 0)
  if (instrument === undefined) return apiError(400, 'Bad Request: conid is not valid')
  const period = textOf(fields.period) ?? '1d'
  const bar = textOf(fields.bar) ?? '5min'
  const periodMs = readPeriod(period)
  const barMs = readPeriod(bar)
  if (periodMs === undefined) return apiError(400, 'Bad Request: period is not valid')
  if (barMs === undefined) return apiError(400, 'Bad Request: bar is not valid')
  return json(history(state.market.quotes, instrument, { period, periodMs, barMs }, nowMs))
}

function unsubscribe({ fields, state, session }: ApiCall): Reply {
  const conid = numberOf(fields.conid)
  if (conid === undefined) return apiError(400, 'Bad Request: conid is not valid')
  const isEnded = state.market.subscriptions.end(session, conid)
  return isEnded ? json({ success: true }) : json({ error: 'unknown' }, 500)
}

function unsubscribeAll({ state, session }: ApiCall): Reply {
  state.market.subscriptions.endAll(session)
  return json({ unsubscribed: true })
}
