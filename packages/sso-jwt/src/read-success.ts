import { isBearerToken } from './built-request.ts'
import { readProblem } from './problem.ts'
import { bodyObject, invalidResponse, type JsonObject, type Reply } from './reply.ts'

/** The JSON object of a 2xx reply. */
export function readSuccess(reply: Reply): JsonObject {
  const problem = readProblem(reply)
  if (problem !== undefined) throw problem
  const body = bodyObject(reply)
  if (body === undefined) throw invalidResponse(`the reply with status ${reply.status} is not a JSON object`)
  return body
}

/** The required member `access_token`. */
export function readBearerToken(body: JsonObject): string {
  if (isBearerToken(body.access_token)) return body.access_token
  throw invalidResponse('the reply has no usable access_token')
}

/** `token_type`, which must be `Bearer` in any letter case (RFC 6749 5.1) where it is sent. */
export function readTokenType(body: JsonObject): string {
  const type = body.token_type ?? 'Bearer'
  if (typeof type === 'string' && type.toLowerCase() === 'bearer') return type
  throw invalidResponse('token_type of the reply is not Bearer')
}

/** The optional member `active`. */
export function readActive(body: JsonObject): { active?: boolean } {
  const active = body.active
  if (active === undefined || active === null) return {}
  if (typeof active === 'boolean') return { active }
  throw invalidResponse('active of the reply is not a boolean')
}
