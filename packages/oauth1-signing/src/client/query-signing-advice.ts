import { type QuerySigning, querySignings, treatmentNamed } from '../base-string/query-signing.ts'
import { hrefOf, type UrlLike } from '../base-string/uri.ts'
import { invalidInput, reading, requireObject } from '../checks.ts'

/** What became of a signed request. */
export interface SignedRequestOutcome {
  readonly url: UrlLike
  /** Of the reply. */
  readonly status: number
}

/** What the outcomes so far say together. */
interface Seen {
  readonly isPlainAccepted: boolean
  readonly isQueryAccepted: boolean
  /** Refused with a query, since the last refusal without one. */
  readonly refusedQueries: number
}

/** One refusal may have any cause. */
const enoughRefusals = 2

/**
 * Tells a wrong `querySigning` by its symptom: requests without a query are accepted, and never one with a query.
 *
 * @param querySigning - What the requests are signed with.
 * @returns A function that is told of each outcome in turn. From the second such refusal on it answers with a sentence
 *   for whoever sent the request, which names the option and the other values; undefined for everything else.
 * @throws {OAuth1Error} `ERR_OAUTH1_INVALID_INPUT` for a treatment that there is not; the function that is returned
 *   throws it, or `ERR_OAUTH1_INVALID_URL`, for an outcome that is none.
 */
export function createQuerySigningAdvice(
  querySigning: QuerySigning = 'rfc5849',
): (outcome: SignedRequestOutcome) => string | undefined {
  treatmentNamed(querySigning)
  let seen: Seen = { isPlainAccepted: false, isQueryAccepted: false, refusedQueries: 0 }
  return (outcome) => {
    const { hasQuery, status } = readOutcome(outcome)
    seen = learn(seen, hasQuery, status)
    return hasQuery && status === 401 && showsWrongTreatment(seen) ? adviceFor(querySigning) : undefined
  }
}

function readOutcome(outcome: SignedRequestOutcome): { hasQuery: boolean; status: number } {
  requireObject('outcome', outcome)
  return reading('outcome', () => {
    const { url, status } = outcome
    if (!Number.isInteger(status)) throw invalidInput('outcome.status must be an HTTP status')
    return { hasQuery: /^[^#?]*\?[^#]/.test(hrefOf('outcome.url', url)), status }
  })
}

function learn(seen: Seen, hasQuery: boolean, status: number): Seen {
  const isAccepted = status >= 200 && status < 300
  if (hasQuery && isAccepted) return { ...seen, isQueryAccepted: true }
  if (hasQuery && status === 401) return { ...seen, refusedQueries: seen.refusedQueries + 1 }
  if (!hasQuery && isAccepted) return { ...seen, isPlainAccepted: true }
  // Then it is the token or the key that is refused, with whatever.
  if (status === 401) return { ...seen, isPlainAccepted: false, refusedQueries: 0 }
  return seen
}

function showsWrongTreatment({ isPlainAccepted, isQueryAccepted, refusedQueries }: Seen): boolean {
  return isPlainAccepted && !isQueryAccepted && refusedQueries >= enoughRefusals
}

function adviceFor(querySigning: QuerySigning): string {
  const others = querySignings.filter((name) => name !== querySigning).map((name) => `"${name}"`)
  return (
    'Requests without a query are accepted, and those with one are refused with 401: this server takes another form ' +
    `of the query in the signature than querySigning "${querySigning}"; try ${others.join(', ')}`
  )
}
