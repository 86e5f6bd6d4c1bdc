import type { TransportResponse } from '../http/response.ts'

/**
 * What a refusal is about: the credential (`unauthenticated`, or `gone` where this host no longer holds the session), the brokerage
 * session (`no-bridge`, `accounts-missing`, `no-dh-token`), or something that a session cannot mend (undefined).
 */
export type Refusal = 'unauthenticated' | 'gone' | 'no-bridge' | 'accounts-missing' | 'no-dh-token'

interface Rule {
  readonly refusal: Refusal
  readonly statuses: readonly number[]
  /** Lower case; undefined if the status says it all. */
  readonly text?: string
}

/** As IBKR answers; the texts are wrapped in JSON of several shapes, so they are looked for, not parsed out. */
const rules: readonly Rule[] = [
  { refusal: 'unauthenticated', statuses: [401] },
  { refusal: 'gone', statuses: [410] },
  { refusal: 'no-bridge', statuses: [400, 500, 503], text: 'no bridge' },
  { refusal: 'accounts-missing', statuses: [400, 500], text: 'please query /accounts first' },
  { refusal: 'no-dh-token', statuses: [500], text: 'failed to generate sso dh token' },
]

/** No message of IBKR's is longer, and a page of HTML need not be searched to its end. */
const searchedBytes = 2_048

/** Tells what a reply refuses, by its status and IBKR's texts. */
export function recognizeRefusal(response: TransportResponse): Refusal | undefined {
  if (response.status < 400) return undefined
  const text = new TextDecoder().decode(response.body.subarray(0, searchedBytes)).toLowerCase()
  const fits = (rule: Rule): boolean =>
    rule.statuses.includes(response.status) && (rule.text === undefined || text.includes(rule.text))
  return rules.find(fits)?.refusal
}
