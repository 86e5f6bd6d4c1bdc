import { ibkrHosts } from '@ibkr-auth/oauth1-signing'
import type { SsoSettings } from '../profile/client-settings.ts'

/** Scheme, host and port of the two servers that sign a username in; the paths come with the requests. */
export interface SsoOrigins {
  readonly gateway: string
  readonly oauth2: string
}

/** Where to sign in: at IBKR, unless the settings say otherwise; the token endpoint lies beside the gateway. */
export function ssoOrigins({
  gatewayUrl = ibkrHosts.production.gateway,
  oauth2Url = gatewayUrl,
}: Partial<Pick<SsoSettings, 'gatewayUrl' | 'oauth2Url'>>): SsoOrigins {
  return { gateway: new URL(gatewayUrl).origin, oauth2: new URL(oauth2Url).origin }
}
