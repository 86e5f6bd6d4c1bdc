import { type Instrument, instrumentOf, instruments } from '../../market/instruments.ts'
import { isTrue, textOf } from '../../request/body.ts'
import { currentBases } from '../../request/paths.ts'
import { apiError, json, type Reply } from '../../request/reply.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import { type ApiCall, type ApiRoute, addApiRoutes } from '../api-call.ts'
import type { Router } from '../router.ts'

const routes: readonly ApiRoute[] = [
  [['GET', 'POST'], '/iserver/secdef/search', 'accounts', search],
  [['GET'], '/trsrv/stocks', 'session', stocks],
  [['GET'], '/iserver/contract/:conid/info', 'accounts', info],
]

/** Looking up the instruments of the sandbox. */
export function addContractRoutes(router: Router, state: SandboxState): void {
  addApiRoutes(router, state, currentBases, routes)
}

function search({ fields }: ApiCall): Reply {
  const asked = (textOf(fields.symbol) ?? '').trim().toUpperCase()
  if (asked === '') return apiError(400, 'Bad Request: symbol is required')
  const secType = textOf(fields.secType)?.toUpperCase()
  const byName = isTrue(fields.name)
  const found = instruments.filter(
    (instrument) =>
      (secType === undefined || secType === instrument.secType) &&
      (instrument.symbol === asked || (byName && instrument.companyName.includes(asked))),
  )
  return found.length === 0 ? json({ error: 'No symbol found' }) : json(found.map(searchRow))
}

function searchRow({ conid, symbol, companyName, exchange, secType }: Instrument): object {
  return {
    conid: String(conid),
    companyHeader: `${companyName} - ${exchange}`,
    companyName,
    symbol,
    description: exchange,
    restricted: null,
    fop: null,
    opt: null,
    war: null,
    sections: [{ secType, exchange }],
  }
}

function stocks({ fields }: ApiCall): Reply {
  const symbols = (textOf(fields.symbols) ?? '').split(',').filter((symbol) => /^[\w. ]{1,20}$/.test(symbol))
  if (symbols.length === 0) return apiError(400, 'Bad Request: symbols is required')
  return json(Object.fromEntries(symbols.slice(0, 100).map((symbol) => [symbol, stockRows(symbol)])))
}

function stockRows(symbol: string): readonly object[] {
  return instruments
    .filter((instrument) => instrument.secType === 'STK' && instrument.symbol === symbol.toUpperCase())
    .map(({ companyName, conid, exchange }) => ({
      name: companyName,
      chineseName: null,
      assetClass: 'STK',
      contracts: [{ conid, exchange, isUS: true }],
    }))
}

function info({ parameters }: ApiCall): Reply {
  const instrument = instrumentOf(Number(parameters.conid))
  if (instrument === undefined)
    return json({ error: `No contract with conid ${Number(parameters.conid)}` }, 500)
  const { conid, symbol, companyName, exchange, secType, currency } = instrument
  return json({
    con_id: conid,
    symbol,
    local_symbol: symbol,
    company_name: companyName,
    instrument_type: secType,
    exchange,
    valid_exchanges: secType === 'STK' ? `SMART,${exchange}` : exchange,
    currency,
    trading_class: symbol,
    text: instrument.option?.description ?? null,
    category: null,
    cusip: null,
    industry: null,
    classifier: null,
    cfi_code: '',
    contract_month: null,
    expiry_full: null,
    maturity_date: null,
    multiplier: instrument.option?.multiplier ?? null,
    underlying_con_id: instrument.option?.underlyingConid ?? 0,
    underlying_issuer: null,
    r_t_h: true,
    smart_available: secType === 'STK',
    allow_sell_long: false,
    is_zero_commission_security: false,
    contract_clarification_type: null,
  })
}
