import type { ProblemDetails } from './errors.ts'

type Rule = readonly [matches: (problem: ProblemDetails, text: string) => boolean, remedy: string]

const rules: readonly Rule[] = [
  [
    (problem, text) => problem.status === 400 && /signed_jwt|payload/.test(text),
    'The body must be the bare JWS with content-type application/jwt, signed with the key registered for this kid: send the built request unchanged',
  ],
  [(problem) => problem.type === 'invalid_scope', 'Ask only for scopes that IBKR has granted to this client'],
  [
    (problem) => problem.type === 'invalid_client' || problem.type === 'invalid_grant',
    'Check clientId, clientKeyId, that the key belongs to this environment (QA and production differ), audience, and the clock',
  ],
  [(problem) => (problem.invalidArguments ?? []).length > 0, 'Add or correct the arguments named'],
  [
    (problem) => problem.status === 400,
    'Check that no parameter is missing and that the assertion was fresh: clientId, clientKeyId, audience and the clock',
  ],
  [(_, text) => text.includes('expired'), 'Get a new access token with a new client assertion'],
  [
    (problem) => problem.status === 401,
    'Get a new access token; the token for /gw is the one of the token endpoint, not the SSO bearer of /v1/api',
  ],
  [
    (problem) => problem.status === 402,
    'IBKR does not permit this for the account: ask IBKR which permission or subscription it lacks; repeating does not help',
  ],
  [
    (problem, text) => problem.status === 403 && text.includes('scope'),
    "Ask for the endpoint's scope in the token request, and compare with the scopes granted",
  ],
  [
    (problem, text) =>
      problem.status === 403 && (text === '' || text.includes('html') || text.includes('access denied')),
    'Send a User-Agent header; if there is one, the address may be blocked',
  ],
  [(problem) => problem.status === 411, 'Send a Content-Length header'],
  [(problem) => problem.status === 423, 'The answer is being made: wait a second and ask again'],
  [
    (problem) => problem.status === 429,
    'Stop sending for 10 to 15 minutes: repeating a 429 prolongs the block',
  ],
  [
    (problem) => problem.status === 503,
    'Wait and repeat; around 01:00 in New York, Zug or Hong Kong it is the daily reset',
  ],
]

/** What to do about a refusal, where the cause is known. */
export function remedyFor(problem: ProblemDetails): string | undefined {
  const fields = (problem.invalidArguments ?? []).map(({ field }) => field)
  const text = [problem.title, problem.detail, ...fields].join(' ').trim().toLowerCase()
  return rules.find(([matches]) => matches(problem, text))?.[1]
}
