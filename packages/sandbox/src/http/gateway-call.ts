import { verifySignedJwtBody } from '@ibkr-auth/sso-jwt/server'
import { readBody } from '../request/body.ts'
import type { RequestRecord } from '../request/record.ts'
import { invalidArguments, type Reply } from '../request/reply.ts'
import type { GatewayBearer } from '../state/bearers.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { verifyGatewayBearer } from '../verify/bearer.ts'
import { explainJwt } from '../verify/jwt.ts'
import { note, refused, refuseProblem } from '../verify/refused.ts'

/** Answers a gateway call whose bearer is good. */
export type GatewayHandler = (
  record: RequestRecord,
  state: SandboxState,
  bearer: GatewayBearer,
) => Reply | Promise<Reply>

/** Answers a gateway request whose bearer is good and has the scope that is wanted, if one is. */
export function gatewayCall(
  record: RequestRecord,
  state: SandboxState,
  scope: string | undefined,
  handler: GatewayHandler,
): Reply | Promise<Reply> {
  const verified = verifyGatewayBearer(record, state)
  if (!verified.ok) return refuseProblem(record, verified)
  if (scope !== undefined && !verified.bearer.scopes.has(scope)) {
    const error = 'The access token fails to have sufficient scope'
    return refuseProblem(record, refused(403, error, 'scope-missing', `The endpoint wants ${scope}.`))
  }
  record.verdict = 'accepted'
  return handler(record, state, verified.bearer)
}

/** The payload of a signed body, or the answer that refuses it. */
export type SignedBody =
  | { readonly ok: true; readonly payload: Readonly<Record<string, unknown>>; readonly expiresAtMs: number }
  | { readonly ok: false; readonly reply: Reply }

/** Verifies the body of a request with the policy SIGNED_JWT, by the key of the client that the bearer belongs to. */
export async function signedBody(
  record: RequestRecord,
  state: SandboxState,
  bearer: GatewayBearer,
): Promise<SignedBody> {
  const body = await readBody(record, state.settings.maximumBodyBytes)
  if (body === undefined) {
    return {
      ok: false,
      reply: refuseProblem(record, refused(413, 'Payload Too Large', 'body-too-large')),
    }
  }
  const { clients, clock } = state
  const token = Buffer.from(body).toString('utf8')
  const verified = await verifySignedJwtBody(token, {
    findKey: (keyId) => clients.findKey(keyId, bearer.clientId),
    replayStore: state.tokenIds,
    maximumBodyBytes: state.settings.maximumBodyBytes,
    now: () => clock.nowMs(),
  })
  if (verified.ok) return { ok: true, payload: verified.payload, expiresAtMs: verified.expiresAtMs }
  note(record, explainJwt(verified, token))
  return {
    ok: false,
    reply: invalidArguments('Invalid payload for security policy SIGNED_JWT', [
      { field: 'payload', description: verified.message },
    ]),
  }
}
