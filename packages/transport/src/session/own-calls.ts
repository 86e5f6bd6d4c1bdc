import { maskEchoes } from '@ibkr-auth/internal/mask'
import type { RequestPurpose } from '../events.ts'
import type { TransportResponse } from '../http/response.ts'
import type { RequestContext } from '../request/types.ts'
import type { Hide } from './brokerage-protocol.ts'

/**
 * What a request of the session's own is for, since none may wait for itself:
 * - `establish`: the exchange of a login, which goes out without a credential.
 * - `brokerage`: opening the brokerage session and keeping it alive, while it is not open.
 * - `question`: whether the credential of the moment still counts, without waiting for the next one.
 * - `logout`: the end, when the session is closing.
 */
export type OwnCall = RequestPurpose

const name = 'ibkr-auth:session'

/** Cannot be made outside this module, so that no request of a caller passes for the session's own. */
class Mark {
  readonly call: OwnCall

  constructor(call: OwnCall) {
    this.call = call
  }
}

const contexts: Readonly<Record<OwnCall, RequestContext>> = {
  establish: { [name]: new Mark('establish'), priority: 'high' },
  brokerage: { [name]: new Mark('brokerage'), priority: 'high' },
  question: { [name]: new Mark('question'), priority: 'high' },
  logout: { [name]: new Mark('logout'), priority: 'high' },
}

/** The context that marks a request as the session's own. */
export function ownContext(call: OwnCall): RequestContext {
  return contexts[call]
}

/** What a request is for; undefined if it is a caller's. */
export function ownCallOf(context: RequestContext): OwnCall | undefined {
  const mark = context[name]
  return mark instanceof Mark ? mark.call : undefined
}

/** A reply to a request of the session's own. */
export interface OwnReply {
  readonly response: TransportResponse
  /** The credential that it was signed with, by its number; undefined if it was not. */
  readonly credential: number | undefined
  /** Masks in a text what was sent to authorise the request. */
  readonly hide: Hide
}

interface Signature {
  readonly credential: number
  readonly sent: readonly string[]
}

const signatures = new WeakMap<TransportResponse, Signature>()

/** Notes what a request was authorised with, for whoever reads its reply. */
export function noteSignature(response: TransportResponse, signature: Signature): void {
  signatures.set(response, signature)
}

/** A reply with what was noted of it. */
export function ownReplyOf(response: TransportResponse): OwnReply {
  const signature = signatures.get(response)
  return {
    response,
    credential: signature?.credential,
    hide: (text) => maskEchoes(text, signature?.sent ?? []),
  }
}
