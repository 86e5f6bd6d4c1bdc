import { invalidInput } from './checks.ts'

/**
 * Hosts and base URLs of IBKR (OpenAPI 2.40.0; "OAuth at Interactive Brokers" 4, 7.6). `api` takes resource
 * paths such as `/portfolio/accounts`, and the three OAuth endpoints under `/oauth`. None ends in a slash.
 */
export const ibkrHosts = {
  production: {
    origin: 'https://api.ibkr.com',
    api: 'https://api.ibkr.com/v1/api',
    webSocket: 'wss://api.ibkr.com/v1/api/ws',
    gateway: 'https://api.ibkr.com/gw/api/v1',
    oauth2Token: 'https://api.ibkr.com/oauth2/api/v1/token',
  },
  qa: {
    origin: 'https://qa.interactivebrokers.com',
    api: 'https://qa.interactivebrokers.com/v1/api',
    webSocket: 'wss://qa.interactivebrokers.com/v1/api/ws',
    gateway: 'https://qa.interactivebrokers.com/gw/api/v1',
    oauth2Token: 'https://qa.interactivebrokers.com/oauth2/api/v1/token',
  },
  /** The Client Portal Gateway as it comes, on the machine itself. */
  local: {
    origin: 'https://localhost:5000',
    api: 'https://localhost:5000/v1/api',
    webSocket: 'wss://localhost:5000/v1/api/ws',
    gateway: 'https://localhost:5000/gw/api/v1',
    oauth2Token: 'https://localhost:5000/oauth2/api/v1/token',
  },
  alpha: { origin: 'https://api.ibkr.com', api: 'https://api.ibkr.com/alpha/api' },
  /** Numbered production hosts that were seen; `ibkrNumberedHost` makes any other. */
  numbered1: { origin: 'https://1.api.ibkr.com', api: 'https://1.api.ibkr.com/v1/api' },
  numbered2: { origin: 'https://2.api.ibkr.com', api: 'https://2.api.ibkr.com/v1/api' },
  numbered5: { origin: 'https://5.api.ibkr.com', api: 'https://5.api.ibkr.com/v1/api' },
  legacyLive: {
    origin: 'https://www.interactivebrokers.com',
    api: 'https://www.interactivebrokers.com/tradingapi/v1',
  },
  legacyPaper: {
    origin: 'https://www.interactivebrokers.com',
    api: 'https://www.interactivebrokers.com/ptradingapi/v1',
  },
  /** Page where a customer authorises a third party. */
  authorize: 'https://www.interactivebrokers.com/authorize',
  authorizeWithoutWww: 'https://interactivebrokers.com/authorize',
} as const

/**
 * The numbered production host `https://<number>.api.ibkr.com` and its base URL.
 *
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT` if the number is no positive integer.
 */
export function ibkrNumberedHost(number: number): { readonly origin: string; readonly api: string } {
  if (!Number.isSafeInteger(number) || number < 1) {
    throw invalidInput('number must be a positive integer')
  }
  const origin = `https://${number}.api.ibkr.com`
  return { origin, api: `${origin}/v1/api` }
}
