import type { Refusal, RefusalCode } from '@ibkr-auth/sso-jwt/server'
import { explained } from '../explain/known-refusals.ts'
import type { CheckedMistakeName } from '../explain/names.ts'
import type { Explanation } from '../explain/types.ts'
import { type Fields, isObject, parseJson } from '../request/body.ts'

const mistakes: Readonly<Record<RefusalCode, CheckedMistakeName>> = {
  malformed: 'jwt-malformed',
  too_large: 'body-too-large',
  too_deep: 'jwt-malformed',
  duplicate_member: 'jwt-malformed',
  critical_header: 'jwt-malformed',
  unexpected_header: 'jwt-malformed',
  algorithm: 'jwt-algorithm',
  missing_key_id: 'jwt-unknown-key',
  unknown_key: 'jwt-unknown-key',
  signature: 'jwt-wrong-key',
  issuer: 'jwt-issuer',
  subject: 'jwt-issuer',
  audience: 'jwt-audience',
  client_id: 'jwt-issuer',
  wrong_purpose: 'jwt-claim',
  expired: 'jwt-expired',
  not_yet_valid: 'jwt-issued-in-future',
  issued_in_future: 'jwt-issued-in-future',
  lifetime_too_long: 'jwt-lifetime',
  invalid_time: 'jwt-claim',
  missing_jti: 'jwt-claim',
  invalid_jti: 'jwt-claim',
  replayed: 'jwt-replayed',
  replay_store_full: 'store-full',
  not_ascii: 'jwt-malformed',
  // Faults of the sandbox's own, which its lookup, store and clock cannot have.
  key_record_invalid: 'jwt-unknown-key',
  replay_answer_invalid: 'store-full',
  clock_invalid: 'jwt-claim',
}

/** Explains why a JWT was refused; `token` is looked at for what the reason alone does not tell. */
export function explainJwt(refusal: Refusal, token: string): Explanation {
  if (refusal.code === 'malformed' && isWrapped(token)) return explained('jwt-wrapped')
  if (refusal.code === 'invalid_time' && hasMilliseconds(token)) return explained('jwt-milliseconds')
  return explained(mistakes[refusal.code], `${refusal.message}.`)
}

/** JSON, quotes or white space around what would otherwise be a JWS. */
function isWrapped(token: string): boolean {
  const text = token.slice(0, 65_536)
  // Piece by piece: a search for the JWT anywhere in the text would begin anew at each "eyJ".
  return (
    /^[\s"{[]/.test(text) && text.split(/[^\w.-]+/).some((piece) => /^eyJ[\w-]+\.[\w-]+\.[\w-]+/.test(piece))
  )
}

function hasMilliseconds(token: string): boolean {
  const { iat, nbf, exp } = jwtClaims(token)
  return [iat, nbf, exp].some((time) => typeof time === 'number' && time >= 1e12 && time < 1e14)
}

/** What a JWT claims, unverified; nothing where it cannot be read. */
export function jwtClaims(token: string): Fields {
  const claims = parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
  return isObject(claims) ? claims : {}
}
