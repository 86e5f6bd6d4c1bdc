import type { KeyObject } from 'node:crypto'
import type { DhParams } from '@ibkr-auth/dh-live-session-token'
import type { Verifier } from '@ibkr-auth/oauth1-signing/server'

/** A registered consumer ("OAuth at Interactive Brokers" 1). */
export interface Consumer {
  readonly consumerKey: string
  readonly realm: string
  readonly callbackUrl: string
  /** Public halves. */
  readonly signingKey: KeyObject
  readonly encryptionKey: KeyObject
  /** Prepared from `signingKey`. */
  readonly verifier: Verifier
  readonly dhParams: DhParams
  readonly firstParty: boolean
}
