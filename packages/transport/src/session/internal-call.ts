import type { RequestContext } from '../request/types.ts'

/**
 * What a request of the session's own is for: the exchange of `establish()`, which goes out without a credential; the brokerage session
 * and its keep-alive, which must not wait for themselves; the last look at it with a credential about to be replaced, which must not
 * wait for the next one; the farewell.
 */
export type InternalCall = 'establish' | 'brokerage' | 'confirm' | 'logout'

const name = 'ibkr-auth:session'

/** Cannot be made outside this module, so that no request of a caller passes for the session's own. */
class Mark {
  readonly call: InternalCall

  constructor(call: InternalCall) {
    this.call = call
  }
}

const contexts: Readonly<Record<InternalCall, RequestContext>> = {
  establish: { [name]: new Mark('establish'), priority: 'high' },
  brokerage: { [name]: new Mark('brokerage'), priority: 'high' },
  confirm: { [name]: new Mark('confirm'), priority: 'high' },
  logout: { [name]: new Mark('logout'), priority: 'high' },
}

/** The context that marks a request as the session's own. */
export function internalContext(call: InternalCall): RequestContext {
  return contexts[call]
}

/** What a request is for; undefined if it is a caller's. */
export function internalCallOf(context: RequestContext): InternalCall | undefined {
  const mark = context[name]
  return mark instanceof Mark ? mark.call : undefined
}
