import { timingSafeEqual } from 'node:crypto'
import type { Signer, Verifier } from '@ibkr-auth/oauth1-signing'
import type { LiveSession } from '../state/live-sessions.ts'

/** The key of a request whose access token has one live session token or several in force. */
export interface LiveSessionKey {
  readonly key: Signer | Verifier
  /** The live session whose token verified the request. */
  readonly matched: () => LiveSession
}

/** Several live session tokens may be in force at once: each new exchange adds one, none ends another. */
export function keyOfLiveSessions(live: readonly LiveSession[]): LiveSessionKey {
  const newest = live[0] as LiveSession
  if (live.length === 1) return { key: newest.signer, matched: () => newest }
  let matched = newest
  const verify = (text: string, signature: string): boolean => {
    const found = live.find(({ signer }) => equalText(signer.sign(text), signature))
    if (found !== undefined) matched = found
    return found !== undefined
  }
  return { key: { method: newest.signer.method, verify }, matched: () => matched }
}

function equalText(a: string, b: string): boolean {
  const [bytes, others] = [Buffer.from(a), Buffer.from(b)]
  return bytes.length === others.length && timingSafeEqual(bytes, others)
}
