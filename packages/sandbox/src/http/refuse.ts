import type { Explanation } from '../explain/explanation.ts'
import type { Refused } from '../verify/refused.ts'
import type { Exchange } from './exchange.ts'
import { apiError, problem, type Reply } from './replies.ts'

/** Notes a refusal for the log. */
export function note(exchange: Exchange, explanation: Explanation): void {
  exchange.verdict = 'refused'
  exchange.explanation = explanation
}

/** Refuses as `/v1/api` does: `{"error", "statusCode"}`. */
export function refuseApi(exchange: Exchange, { status, error, explanation }: Refused): Reply {
  note(exchange, explanation)
  return apiError(status, error)
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  503: 'Service Unavailable',
}

/** Refuses as `/gw` and `/oauth2` do: `application/problem+json`. */
export function refuseProblem(exchange: Exchange, { status, error, explanation }: Refused): Reply {
  note(exchange, explanation)
  return problem(status, titles[status] ?? 'Error', error)
}

/** Refuses in the manner of the path that was called. */
export function refuse(exchange: Exchange, refused: Refused): Reply {
  const isGateway = exchange.path.startsWith('/gw') || exchange.path.startsWith('/oauth2')
  return isGateway ? refuseProblem(exchange, refused) : refuseApi(exchange, refused)
}
