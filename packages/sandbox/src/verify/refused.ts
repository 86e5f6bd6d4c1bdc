import { explained } from '../explain/known-refusals.ts'
import type { CheckedMistakeName } from '../explain/names.ts'
import type { Explanation } from '../explain/types.ts'
import type { RequestRecord } from '../request/record.ts'
import { apiError, json, problem, type Reply } from '../request/reply.ts'

/** A request that is not let through: what IBKR would answer, and why. */
export interface Refused {
  readonly ok: false
  readonly status: number
  /** Text for the body of the answer. */
  readonly error: string
  readonly explanation: Explanation
}

/** A refusal whose reason needs no search. */
export function refused(
  status: number,
  error: string,
  mistake: CheckedMistakeName,
  detail?: string,
): Refused {
  return { ok: false, status, error, explanation: explained(mistake, detail) }
}

/** Notes a refusal for the log. */
export function note(record: RequestRecord, explanation: Explanation): void {
  record.verdict = 'refused'
  record.explanation = explanation
}

/** Refuses as `/v1/api` does: 401 as `{"status", "error", "message"}`, 410 empty, others as `{"error", "statusCode"}`. */
export function refuseApi(record: RequestRecord, { status, error, explanation }: Refused): Reply {
  note(record, explanation)
  // What an oauth endpoint says of consumers and tokens begins with a number, and has the older form.
  if (status === 401 && !error.startsWith('id:')) {
    return json({ status, error: 'Unauthorized', message: error }, status)
  }
  return status === 410 ? { ...apiError(status, error), body: '' } : apiError(status, error)
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
export function refuseProblem(record: RequestRecord, { status, error, explanation }: Refused): Reply {
  note(record, explanation)
  return problem(status, titles[status] ?? 'Error', error)
}

/** Refuses in the manner of the path that was called. */
export function refuse(record: RequestRecord, refused: Refused): Reply {
  const isGateway = record.path.startsWith('/gw') || record.path.startsWith('/oauth2')
  return isGateway ? refuseProblem(record, refused) : refuseApi(record, refused)
}
