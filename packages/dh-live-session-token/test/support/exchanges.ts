import { beginExchange, type DhParams, type Exchange, parseDhParams, type Reply } from '../../src/index.ts'
import { answerExchange } from '../../src/server.ts'
import { lstDerivation } from './vectors.ts'

/** RFC 3526 group 14. */
export const dhParams: DhParams = parseDhParams({ prime: lstDerivation.diffieHellman.pHex })

/** The 512-bit safe prime that `openssl dhparam 512` made once: keeps tests quick where the size does not matter. */
export const smallDhParams: DhParams = parseDhParams({
  prime:
    'bbfd73616732856ff53cec14d5ccdfd98166f7c145744ea998c9db95d9fd9428a5f83b8dd6083b56267392bba47dc00941486e45c3fc3f10c9cb89df3a32170f',
})

export const consumerKey = 'ABCDEFGHI'

export function jsonReply(fields: unknown, status = 200): Reply {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(fields) }
}

export interface Pair {
  readonly exchange: Exchange
  readonly reply: Reply
  readonly fields: Record<string, unknown>
  readonly serverToken: Uint8Array
  readonly secret: Uint8Array
}

/** A client that has begun and the server's genuine answer to it. */
export function exchangePair(
  options: { readonly dhParams?: DhParams; readonly secret?: Uint8Array; readonly nowMs?: number } = {},
): Pair {
  const params = options.dhParams ?? smallDhParams
  const secret = options.secret ?? crypto.getRandomValues(new Uint8Array(32))
  const now = (): number => options.nowMs ?? 1_700_000_000_000
  const exchange = beginExchange({ dhParams: params, accessTokenSecret: secret }, { now })
  const { diffieHellmanChallenge } = exchange
  const answer = answerExchange(
    { dhParams: params, diffieHellmanChallenge, accessTokenSecret: secret, consumerKey },
    { now },
  )
  return {
    exchange,
    reply: jsonReply(answer.response),
    fields: { ...answer.response },
    serverToken: answer.liveSessionToken.reveal(),
    secret,
  }
}

/** The code of what a call throws, or `none`. */
export function codeOf(call: () => unknown): string {
  try {
    call()
    return 'none'
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error)
  }
}

export async function rejectionCodeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: unknown) => String((error as { code?: unknown }).code ?? error),
  )
}
