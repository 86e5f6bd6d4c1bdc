import { type HeaderRecord, mergeHeaders } from '../http/headers.ts'
import type { TransportResponse } from '../http/response.ts'
import type { AuthorizationHeaders, Authorize } from '../request/types.ts'
import type { CallState } from './call.ts'
import { sampleSkew } from './clock-skew.ts'

/** The authorisation of one attempt, and what its reply says about the time it was made with. */
export class Signing {
  readonly #call: CallState
  /** By how much the time that was asked for had been corrected; 0 if it was not asked for. */
  #correctedByMs = 0

  constructor(call: CallState) {
    this.#call = call
  }

  ask(authorize: Authorize, headers: HeaderRecord): ReturnType<Authorize> {
    const { request, attempts, settings } = this.#call
    const { method, url, form: body } = request
    const clockSkewMs = settings.skew.ms
    return authorize({ method, url, headers, body, attempt: attempts, now: this.#now, clockSkewMs })
  }

  add(headers: HeaderRecord, added: AuthorizationHeaders | undefined): HeaderRecord {
    // Only code without types can answer so; to send the request all the same would send it without its credential.
    if (typeof added !== 'object' || added === null) throw new TypeError('authorize answered with no headers')
    return mergeHeaders(headers, added, this.#call.settings.host)
  }

  /** `sinceHeadMs`: how long ago the head of the reply was there. */
  learn(response: TransportResponse, roundTripMs: number, sinceHeadMs: number): void {
    const { skew, clock } = this.#call.settings
    const sample = sampleSkew(response.headers, clock.now() - sinceHeadMs, roundTripMs)
    this.#call.clockOffByMs = sample === undefined ? undefined : sample - this.#correctedByMs
    if (sample !== undefined) skew.learn(sample, roundTripMs)
  }

  readonly #now = (): number => {
    const { skew } = this.#call.settings
    this.#correctedByMs = skew.ms
    return skew.now()
  }
}
