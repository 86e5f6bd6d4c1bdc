import type { Refusal, RefusalReason } from '@ibkr-auth/sso-jwt'
import { explained } from '../explain/known-refusals.ts'
import type { CheckedMistakeName } from '../explain/names.ts'
import type { Explanation } from '../explain/types.ts'

const mistakes: Readonly<Record<RefusalReason, CheckedMistakeName>> = {
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
  expired: 'jwt-expired',
  not_yet_valid: 'jwt-issued-in-future',
  issued_in_future: 'jwt-issued-in-future',
  lifetime_too_long: 'jwt-lifetime',
  invalid_time: 'jwt-claim',
  invalid_jti: 'jwt-claim',
  replayed: 'jwt-replayed',
  replay_store_full: 'store-full',
  not_ascii: 'jwt-malformed',
}

/** Explains why a JWT was refused; `token` is looked at for what the reason alone does not tell. */
export function explainJwt(refusal: Refusal, token: string): Explanation {
  if (refusal.reason === 'malformed' && isWrapped(token)) return explained('jwt-wrapped')
  if (refusal.reason === 'invalid_time' && hasMilliseconds(token)) return explained('jwt-milliseconds')
  return explained(mistakes[refusal.reason], `${refusal.message}.`)
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
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'))
    if (typeof claims !== 'object' || claims === null) return false
    const { iat, nbf, exp } = claims as Readonly<Record<string, unknown>>
    return [iat, nbf, exp].some((time) => typeof time === 'number' && time >= 1e12 && time < 1e14)
  } catch {
    return false
  }
}
