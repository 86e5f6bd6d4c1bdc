/**
 * IBKR's operations (OpenAPI 2.29.0): methods and path, `*` for a part that is left open. Those without /gw or /oauth2 lie
 * below /v1/api.
 */
const operations = `
GET /acesws/*/signatures-and-owners
GET /contract/trading-schedule
POST /fa/fa-preset/get
POST /fa/fa-preset/save
POST /fa/model/accounts-details
POST /fa/model/invest-divest
POST /fa/model/invest-divest-positions
POST /fa/model/list
POST /fa/model/positions
POST /fa/model/save
POST /fa/model/submit-transfers
POST /fa/model/summary
GET /forecast/category/tree
GET /forecast/contract/details
GET /forecast/contract/market
GET /forecast/contract/rules
GET /forecast/contract/schedules
GET /fyi/deliveryoptions
POST /fyi/deliveryoptions/device
PUT /fyi/deliveryoptions/email
DELETE /fyi/deliveryoptions/*
GET PUT /fyi/disclaimer/*
GET /fyi/notifications
PUT /fyi/notifications/*
GET /fyi/settings
POST /fyi/settings/*
GET /fyi/unreadnumber
GET PATCH POST /gw/api/v1/accounts
POST /gw/api/v1/accounts/documents
GET /gw/api/v1/accounts/login-messages
GET /gw/api/v1/accounts/status
GET /gw/api/v1/accounts/*/details
GET /gw/api/v1/accounts/*/kyc
GET /gw/api/v1/accounts/*/login-messages
GET PATCH /gw/api/v1/accounts/*/status
GET PATCH POST /gw/api/v1/accounts/*/tasks
POST /gw/api/v1/balances/query
POST /gw/api/v1/bank-instructions
POST /gw/api/v1/bank-instructions/query
POST /gw/api/v1/bank-instructions:bulk
GET /gw/api/v1/client-instructions/*
GET /gw/api/v1/echo/https
POST /gw/api/v1/echo/signed-jwt
GET /gw/api/v1/enumerations/complex-asset-transfer
GET /gw/api/v1/enumerations/*
POST /gw/api/v1/external-asset-transfers
POST /gw/api/v1/external-asset-transfers:bulk
POST /gw/api/v1/external-cash-transfers
POST /gw/api/v1/external-cash-transfers/query
POST /gw/api/v1/external-cash-transfers:bulk
GET /gw/api/v1/forms
GET /gw/api/v1/forms/required-forms
GET /gw/api/v1/instruction-sets/*
POST /gw/api/v1/instructions/cancel
POST /gw/api/v1/instructions/cancel:bulk
POST /gw/api/v1/instructions/query
GET /gw/api/v1/instructions/*
POST /gw/api/v1/internal-asset-transfers
POST /gw/api/v1/internal-asset-transfers:bulk
POST /gw/api/v1/internal-cash-transfers
POST /gw/api/v1/internal-cash-transfers:bulk
GET /gw/api/v1/participating-banks
GET /gw/api/v1/requests
PATCH /gw/api/v1/requests/*/status
POST /gw/api/v1/restrictions
POST /gw/api/v1/restrictions/verify
POST /gw/api/v1/sso-browser-sessions
POST /gw/api/v1/sso-sessions
POST /gw/api/v1/statements
GET /gw/api/v1/statements/available
POST /gw/api/v1/tax-documents
GET /gw/api/v1/tax-documents/available
POST /gw/api/v1/trade-confirmations
GET /gw/api/v1/trade-confirmations/available
GET /gw/api/v1/validations/usernames/*
POST /iserver/account
GET /iserver/account/alert/*
GET /iserver/account/allocation/accounts
GET POST PUT /iserver/account/allocation/group
POST /iserver/account/allocation/group/delete
POST /iserver/account/allocation/group/single
GET POST /iserver/account/allocation/presets
GET /iserver/account/mta
GET /iserver/account/order/status/*
GET /iserver/account/orders
GET /iserver/account/pnl/partitioned
GET /iserver/account/search/*
GET /iserver/account/trades
POST /iserver/account/*/alert
POST /iserver/account/*/alert/activate
DELETE /iserver/account/*/alert/*
GET /iserver/account/*/alerts
DELETE POST /iserver/account/*/order/*
POST /iserver/account/*/orders
POST /iserver/account/*/orders/whatif
GET /iserver/account/*/summary
GET /iserver/account/*/summary/available_funds
GET /iserver/account/*/summary/balances
GET /iserver/account/*/summary/margins
GET /iserver/account/*/summary/market_value
GET /iserver/accounts
POST /iserver/auth/ssodh/init
POST /iserver/auth/status
POST /iserver/contract/rules
GET /iserver/contract/*/algos
GET /iserver/contract/*/info
GET /iserver/contract/*/info-and-rules
GET /iserver/currency/pairs
POST /iserver/dynaccount
GET /iserver/exchangerate
GET /iserver/marketdata/history
GET /iserver/marketdata/snapshot
POST /iserver/marketdata/unsubscribe
GET /iserver/marketdata/unsubscribeall
POST /iserver/notification
POST /iserver/questions/suppress
POST /iserver/questions/suppress/reset
POST /iserver/reply/*
GET /iserver/scanner/params
POST /iserver/scanner/run
GET /iserver/secdef/bond-filters
GET /iserver/secdef/info
GET POST /iserver/secdef/search
GET /iserver/secdef/strikes
DELETE GET POST /iserver/watchlist
GET /iserver/watchlists
POST /logout
POST /oauth/access_token
POST /oauth/live_session_token
POST /oauth/request_token
POST /oauth2/api/v1/token
POST /pa/allperiods
POST /pa/performance
POST /pa/transactions
GET /portfolio/accounts
GET /portfolio/positions/*
GET /portfolio/subaccounts
GET /portfolio/subaccounts2
GET /portfolio/*/allocation
GET /portfolio/*/combo/positions
GET /portfolio/*/ledger
GET /portfolio/*/meta
POST /portfolio/*/positions/invalidate
GET /portfolio/*/positions/*
GET /portfolio/*/summary
GET /portfolio/*/position/*
GET /portfolio2/*/positions
GET /sso/validate
POST /tickle
GET /trsrv/all-conids
GET /trsrv/futures
GET /trsrv/secdef
GET /trsrv/secdef/schedule
GET /trsrv/stocks
`

interface Operation {
  readonly methods: readonly string[]
  readonly parts: readonly string[]
}

let table: readonly Operation[] | undefined

/** The methods that IBKR has for a path, such as `/iserver/account/orders` or `/gw/api/v1/accounts`; none if it has no such path. */
export function ibkrMethodsOf(path: string): readonly string[] {
  table ??= operations.trim().split('\n').map(operationOf)
  const parts = path.split('/')
  const found = table.filter((operation) => fits(operation, parts))
  return [...new Set(found.flatMap(({ methods }) => methods))]
}

function operationOf(line: string): Operation {
  const words = line.split(' ')
  return { methods: words.slice(0, -1), parts: (words.at(-1) ?? '').split('/') }
}

function fits({ parts }: Operation, asked: readonly string[]): boolean {
  return parts.length === asked.length && parts.every((part, index) => part === '*' || part === asked[index])
}
