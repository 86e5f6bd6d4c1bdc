/** No header can have it as its name or value: whoever builds a request from it fails before anything is sent. */
const unsendable = '\r\n'

/**
 * Keeps a dispatcher from sending a request again behind everyone's back: undici's retry interceptor does so when a reply
 * breaks off, and tells nobody. Once the head of the reply is there the request needs its headers no more; until the
 * reply is over they are replaced by what cannot be sent.
 */
export class WithheldHeaders {
  readonly #headers: string[]
  #kept: readonly string[] | undefined

  constructor(headers: string[]) {
    this.#headers = headers
  }

  /** True while another attempt would fail for its headers. */
  get withheld(): boolean {
    return this.#kept !== undefined
  }

  withhold(): void {
    this.#kept ??= this.#headers.splice(0, this.#headers.length, unsendable)
  }

  /** Puts the headers back, for whoever looks at the request afterwards. */
  giveBack(): void {
    if (this.#kept !== undefined) this.#headers.splice(0, this.#headers.length, ...this.#kept)
    this.#kept = undefined
  }
}
