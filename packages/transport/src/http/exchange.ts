import { monotonicOf } from '../clock.ts'
import type { Sent, TransportError } from '../errors.ts'
import { BodyStream, captureContext, decodeStream, type InContext } from './body-stream.ts'
import { explainError } from './connection-errors.ts'
import {
  type ContentCoding,
  decodeContent,
  joinChunks,
  readContentCoding,
  tooLarge,
} from './content-coding.ts'
import type { DispatchController, DispatchHandler, DispatchHeaders, DispatchRequest } from './dispatcher.ts'
import type { ExchangeInput, Progress } from './exchange-input.ts'
import { ExchangeFailure } from './failure.ts'
import { PhaseTimer, type PhaseTimerHost } from './phase-timer.ts'
import { type ResponseHead, ResponseHeaders, TransportResponse } from './response.ts'
import { WithheldHeaders } from './withheld-headers.ts'

/** One request on one connection, and its reply. */
export class Exchange implements DispatchHandler, PhaseTimerHost, Progress {
  /** How far this exchange came. */
  sent: Sent = 'no'
  /** When the head of the reply was there, on the monotonic clock. */
  headAtMs = 0
  readonly #input: ExchangeInput
  readonly #timer: PhaseTimer
  #controller: DispatchController | undefined
  #head: ResponseHead | undefined
  #coding: ContentCoding | undefined
  #chunks: Uint8Array[] = []
  #received = 0
  #stream: BodyStream | undefined
  #sentHeaders: WithheldHeaders | undefined
  /** Of the caller, for what a stream emits. */
  #inContext: InContext | undefined
  #over: TransportError | 'complete' | undefined
  #resolve: (response: TransportResponse) => void = unset
  #reject: (error: TransportError) => void = unset
  readonly #onCancel = (reason: TransportError): void => this.#end(reason)

  constructor(input: ExchangeInput) {
    this.#input = input
    this.#timer = new PhaseTimer(input.clock, this)
  }

  run(request: DispatchRequest): Promise<TransportResponse> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
      if (this.#input.streaming) this.#inContext = captureContext()
      if (!this.#input.idempotent) this.#sentHeaders = new WithheldHeaders(request.headers)
      this.#input.cancellation.onCancel(this.#onCancel)
      if (this.#over) return
      this.#timer.enter(this.#input.timeouts.connectMs)
      try {
        this.#input.dispatcher.dispatch(request, this)
      } catch (error) {
        this.#fail(explainError(error as Error))
      }
    })
  }

  onRequestStart(controller: DispatchController): void {
    if (this.#over) {
      controller.abort(reasonOf(this.#over))
      return
    }
    // A dispatcher that sends again by itself would double an order behind everyone's back.
    if (this.#controller && !this.#input.idempotent) {
      this.#controller = controller
      this.#fail(triedAgain())
      return
    }
    if (this.#input.mayLeave?.() === false) this.#hold()
    this.#controller = controller
    this.#advance('maybe')
    this.#timer.enter(this.#input.timeouts.headersMs)
  }

  /** Status of the reply, 0 until its head is there. */
  get status(): number {
    return this.#head?.status ?? 0
  }

  onResponseStart(controller: DispatchController, status: number, headers: DispatchHeaders): void {
    if (this.#over || status < 200) return
    this.#controller = controller
    this.headAtMs = monotonicOf(this.#input.clock)()
    this.#head = { status, headers: new ResponseHeaders(headers), url: this.#input.url }
    this.#advance('yes')
    this.#sentHeaders?.withhold()
    this.#timer.enter(this.#input.timeouts.bodyMs)
    try {
      this.#coding = readContentCoding(this.#head.headers.get('content-encoding'))
    } catch (error) {
      this.#fail(explainError(error as Error))
      return
    }
    if (this.#input.streaming && status < 300) this.#openStream(controller, this.#head)
  }

  onResponseData(controller: DispatchController, chunk: Uint8Array): void {
    if (this.#over) return
    this.#received += chunk.length
    const maxBytes = this.#stream ? this.#input.maxStreamBytes : this.#input.maxBytes
    if (this.#received > maxBytes) {
      this.#fail(tooLarge(maxBytes))
      return
    }
    this.#timer.enter(this.#input.timeouts.bodyMs)
    if (!this.#stream) this.#chunks.push(chunk)
    else if (!this.#push(this.#stream, chunk)) {
      // A reader that takes its time is not a server that does.
      controller.pause()
      this.#timer.enter(0)
    }
  }

  onResponseEnd(): void {
    if (this.#over) return
    this.#release('complete')
    if (this.#stream) this.#push(this.#stream, null)
    else if (this.#head) this.#deliver(this.#head)
  }

  onResponseError(_controller: DispatchController, error: Error): void {
    this.#fail(
      this.#sentHeaders?.withheld && isRejected(error) ? triedAgain() : explainError(error, this.status > 0),
    )
  }

  /** What is thrown keeps the request off its connection, and the connection open; to abort would close it. */
  #hold(): never {
    const failure = new ExchangeFailure('held', 'its place was over when a connection took it')
    this.#fail(failure)
    throw failure
  }

  #push(stream: BodyStream, chunk: Uint8Array | null): boolean {
    return this.#inContext?.(() => stream.push(chunk)) ?? stream.push(chunk)
  }

  #advance(sent: Sent): void {
    this.sent = sent
    this.#input.call.noteSent(sent)
  }

  #openStream(controller: DispatchController, head: ResponseHead): void {
    const { call, maxStreamBytes, timeouts } = this.#input
    const onRead = (): void => {
      if (this.#over) return
      this.#timer.enter(timeouts.bodyMs)
      controller.resume()
    }
    this.#stream = new BodyStream(onRead, () => this.#abandon())
    const stream = this.#coding
      ? decodeStream(this.#stream, this.#coding, maxStreamBytes, (failure) => call.explain(failure, this))
      : this.#stream
    this.#resolve(new TransportResponse(head, new Uint8Array(0), { stream }))
  }

  /** The reader lost interest before the end. */
  #abandon(): void {
    if (this.#over) return
    this.#release('complete')
    this.#controller?.abort(new Error('the reader of the stream stopped'))
  }

  #deliver(head: ResponseHead): void {
    const body = joinChunks(this.#chunks)
    if (!this.#coding || body.length === 0) {
      this.#resolve(new TransportResponse(head, body))
      return
    }
    decodeContent(body, this.#coding, this.#input.maxBytes).then(
      (decoded) => this.#resolve(new TransportResponse(head, decoded)),
      (failure: ExchangeFailure) => {
        if (isRefusal(head))
          this.#resolve(new TransportResponse(head, new Uint8Array(0), { complete: false }))
        else this.#reject(this.#input.call.explain(failure, this))
      },
    )
  }

  /** A phase took longer than it may. */
  timedOut(): void {
    const { connectMs, headersMs, bodyMs } = this.#input.timeouts
    const told =
      this.sent === 'no'
        ? `no connection took the request within ${connectMs} ms`
        : this.status === 0
          ? `no reply within ${headersMs} ms`
          : `nothing more of the reply within ${bodyMs} ms`
    this.#fail(new ExchangeFailure('timeout', told))
  }

  #fail(failure: ExchangeFailure): void {
    if (this.#over) return
    if (this.#head && isRefusal(this.#head)) this.#settleForHead(this.#head)
    else this.#end(this.#input.call.explain(failure, this))
  }

  /** A refusal whose body breaks off is a refusal still; to repeat it, as after a lost connection, would disobey it. */
  #settleForHead(head: ResponseHead): void {
    this.#release('complete')
    this.#controller?.abort(new Error('the body of a refusal broke off'))
    const body = this.#coding ? new Uint8Array(0) : joinChunks(this.#chunks)
    this.#resolve(new TransportResponse(head, body, { complete: false }))
  }

  #end(error: TransportError): void {
    if (this.#over) return
    this.#release(error)
    this.#controller?.abort(error)
    this.#inContext?.(() => this.#stream?.destroy(error))
    this.#reject(error)
  }

  #release(over: TransportError | 'complete'): void {
    this.#over = over
    this.#timer.stop()
    this.#sentHeaders?.giveBack()
    this.#input.cancellation.removeListener(this.#onCancel)
  }
}

/** A dispatcher that sends again by itself would double an order. */
function triedAgain(): ExchangeFailure {
  return new ExchangeFailure(
    'unreachable',
    'the dispatcher tried to send the request a second time by itself: give one that does not repeat',
  )
}

/** What undici says of a request that cannot be sent. */
function isRejected(error: Error): boolean {
  return 'code' in error && error.code === 'UND_ERR_INVALID_ARG'
}

function unset(): void {
  throw new Error('an exchange ended before it began')
}

function reasonOf(over: TransportError | 'complete'): Error {
  return over === 'complete' ? new Error('the exchange is over') : over
}

function isRefusal(head: ResponseHead): boolean {
  return head.status >= 300
}
