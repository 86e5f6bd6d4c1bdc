import type {
  DispatchController,
  DispatchHandler,
  DispatchHeaders,
  DispatchRequest,
  HttpDispatcher,
} from '../../src/http/dispatcher.ts'

/** One exchange as the server's side of a test sees and steers it, step by step. */
export class MemoryExchange {
  readonly request: DispatchRequest
  /** True once the request was written: the server has it, or may have. */
  written = false
  aborted: Error | undefined
  paused = false
  readonly #handler: DispatchHandler
  readonly #controller: DispatchController
  #over = false

  constructor(request: DispatchRequest, handler: DispatchHandler) {
    this.request = request
    this.#handler = handler
    this.#controller = {
      abort: (reason) => this.#abort(reason),
      pause: () => {
        this.paused = true
      },
      resume: () => {
        this.paused = false
      },
    }
  }

  header(name: string): string | undefined {
    const { headers } = this.request
    for (let at = 0; at < headers.length; at += 2) if (headers[at] === name) return headers[at + 1]
    return undefined
  }

  /** Writes the request; false if it was given up before that. As with undici, what is thrown keeps it from being written. */
  start(): boolean {
    if (this.#over) return false
    try {
      this.#handler.onRequestStart(this.#controller, {})
    } catch (error) {
      this.#fail(error as Error)
    }
    this.written = !this.#over
    return this.written
  }

  /** True when nothing of it is left. */
  get over(): boolean {
    return this.#over
  }

  head(status: number, headers: DispatchHeaders = {}): void {
    if (!this.#over) this.#handler.onResponseStart(this.#controller, status, headers)
  }

  data(chunk: string | Uint8Array): void {
    if (!this.#over) this.#handler.onResponseData(this.#controller, Buffer.from(chunk))
  }

  end(): void {
    if (this.#over) return
    this.#over = true
    this.#handler.onResponseEnd(this.#controller, {})
  }

  fail(code: string): void {
    this.#fail(Object.assign(new Error(`failed on purpose: ${code}`), { code }))
  }

  reply(status: number, body: string | Uint8Array = '', headers: DispatchHeaders = {}): void {
    this.start()
    this.head(status, headers)
    if (body.length > 0) this.data(body)
    this.end()
  }

  #abort(reason: Error): void {
    if (this.#over) return
    this.aborted = reason
    this.#fail(reason)
  }

  #fail(error: Error): void {
    if (this.#over) return
    this.#over = true
    this.#handler.onResponseError(this.#controller, error)
  }
}

/** Plays the server in memory: each request is handed to a script, in a turn of its own as undici would. */
export class MemoryDispatcher implements HttpDispatcher {
  readonly exchanges: MemoryExchange[] = []
  readonly #script: (exchange: MemoryExchange, number: number) => void

  constructor(
    script: (exchange: MemoryExchange, number: number) => void = (exchange) => exchange.reply(200, '{}'),
  ) {
    this.#script = script
  }

  dispatch(request: DispatchRequest, handler: DispatchHandler): boolean {
    const exchange = new MemoryExchange(request, handler)
    this.exchanges.push(exchange)
    const number = this.exchanges.length
    queueMicrotask(() => this.#script(exchange, number))
    return true
  }

  /** The only exchange so far, or the last one. */
  get last(): MemoryExchange {
    const exchange = this.exchanges.at(-1)
    if (!exchange) throw new Error('nothing was sent')
    return exchange
  }
}
