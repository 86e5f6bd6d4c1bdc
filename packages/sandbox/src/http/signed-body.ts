import { verifySignedJwtBody } from '@ibkr-auth/sso-jwt'
import type { GatewayBearer } from '../state/bearers.ts'
import { findClientKey } from '../state/oauth2-client.ts'
import type { World } from '../state/world.ts'
import { explainJwt } from '../verify/jwt-refusals.ts'
import { refused } from '../verify/refused.ts'
import type { Exchange } from './exchange.ts'
import { readBody } from './read-body.ts'
import { note, refuseProblem } from './refuse.ts'
import { invalidArguments, type Reply } from './replies.ts'

/** The payload of a signed body, or the answer that refuses it. */
export type SignedBody =
  | { readonly ok: true; readonly payload: Readonly<Record<string, unknown>>; readonly expiresAtMs: number }
  | { readonly ok: false; readonly reply: Reply }

/** Verifies the body of a request with the policy SIGNED_JWT, by the key of the client that the bearer belongs to. */
export async function signedBody(
  exchange: Exchange,
  world: World,
  bearer: GatewayBearer,
): Promise<SignedBody> {
  const body = await readBody(exchange, world.settings.maximumBodyBytes)
  if (body === undefined) {
    return {
      ok: false,
      reply: refuseProblem(exchange, refused(413, 'Payload Too Large', 'body-too-large')),
    }
  }
  const { client, clock } = world
  const token = Buffer.from(body).toString('utf8')
  const verified = await verifySignedJwtBody(token, {
    findKey: async (keyId) =>
      client.clientId === bearer.clientId ? findClientKey(client, keyId) : undefined,
    replayStore: world.bodyIds,
    now: () => clock.nowMs(),
  })
  if (verified.ok) return { ok: true, payload: verified.payload, expiresAtMs: verified.expiresAtMs }
  note(exchange, explainJwt(verified, token))
  return {
    ok: false,
    reply: invalidArguments('Invalid payload for security policy SIGNED_JWT', [
      { field: 'payload', description: verified.message },
    ]),
  }
}
