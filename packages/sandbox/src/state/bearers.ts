import type { ApiSession } from './api-session.ts'
import { ExpiringMap } from './expiring-map.ts'

/** An OAuth 2.0 access token: opens `/gw` and nothing else. */
export interface GatewayBearer {
  readonly kind: 'gateway'
  readonly clientId: string
  readonly scopes: ReadonlySet<string>
  readonly expiresAtMs: number
}

/** An SSO bearer: opens `/v1/api` and nothing else. */
export interface SsoBearer {
  readonly kind: 'sso'
  readonly session: ApiSession
  /** Addresses that may use it; empty where addresses are not compared. */
  readonly addresses: readonly string[]
  readonly expiresAtMs: number
}

/** What a bearer token stands for. */
export type Bearer = GatewayBearer | SsoBearer

/** All bearer tokens, by their value. */
export type Bearers = ExpiringMap<Bearer>

/** Room for as many as a long test run hands out. */
export function createBearers(capacity = 10_000): Bearers {
  return new ExpiringMap<Bearer>(capacity)
}
