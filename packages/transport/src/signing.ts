import type { AuthorizationHeaders, Authorize, AuthorizeRequest } from './authorize.ts'
import type { CallState } from './call-state.ts'
import { sampleSkew } from './clock-skew.ts'
import { type HeaderRecord, mergeHeaders } from './request-headers.ts'
import type { TransportResponse } from './transport-response.ts'

/** The authorisation of one attempt, and what its reply says about the time it was made with. */
export class Signing {
  readonly #call: CallState
  /** By how much the time that was asked for had been corrected; 0 if it was not asked for. */
  #correctedByMs = 0

  constructor(call: CallState) {
    this.#call = call
  }

  ask(authorize: Authorize, headers: HeaderRecord): ReturnType<Authorize> {
    const call = this.#call
    const { method, url, form } = call.request
    const asked: AuthorizeRequest = {
      method,
      url,
      headers,
      ...(form === undefined ? {} : { body: form }),
      attempt: call.attempts,
      now: this.#now,
      clockSkewMs: call.settings.skew.ms,
    }
    return authorize(asked)
  }

  add(headers: HeaderRecord, added: AuthorizationHeaders | undefined): HeaderRecord {
    const call = this.#call
    // Only code without types can answer so; to send the request all the same would send it without its credential.
    if (typeof added !== 'object' || added === null) throw new TypeError('authorize answered with no headers')
    call.credentials = Object.values(added)
    return mergeHeaders(headers, added, call.settings.host)
  }

  learn(response: TransportResponse, sentAtMs: number, receivedAtMs: number): void {
    const { skew } = this.#call.settings
    const sample = sampleSkew(response.headers, sentAtMs, receivedAtMs)
    this.#call.clockOffByMs = sample === undefined ? undefined : sample - this.#correctedByMs
    if (sample !== undefined) skew.learn(sample, receivedAtMs - sentAtMs)
  }

  readonly #now = (): number => {
    const { skew } = this.#call.settings
    this.#correctedByMs = skew.ms
    return skew.now()
  }
}
