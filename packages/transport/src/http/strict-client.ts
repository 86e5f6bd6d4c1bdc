import type { Socket } from 'node:net'
import type { Client } from 'undici'
import type { DispatchRequest } from './dispatcher.ts'

/** Connects, as undici asks for it. */
type Connect = Extract<Client.Options['connect'], (...args: never[]) => unknown>

/**
 * One of undici's clients, each of which holds one connection at a time, kept from two mistakes. A request that may not
 * be repeated does not go out on a connection that has been idle for long. A `100 Continue` that nobody asked for is
 * skipped (RFC 9110 15.2), not taken for a broken reply.
 */
export function createStrictClient(
  makeClient: (connect: Connect) => Client,
  connect: Connect,
  maxIdleMs: number,
): Client {
  let connection: Connection | undefined
  const client = makeClient((options, callback) =>
    connect(options, (...result) => {
      const [, socket] = result
      // Of a failure, undici gives nothing but the error.
      connection = socket ? new Connection(socket) : undefined
      callback(...result)
    }),
  )
  const dispatch = client.dispatch.bind(client)
  client.dispatch = (request, handler) => {
    const { idempotent } = request as unknown as DispatchRequest
    if (!idempotent && client.stats.size === 0) connection?.closeIfIdleFor(maxIdleMs)
    return dispatch(request, handler)
  }
  return client
}

const interim = Buffer.from('HTTP/1.1 100')
const endOfHead = Buffer.from('\r\n\r\n')
/** An interim reply has hardly a header; what is longer is nonsense, and undici's to refuse. */
const longestHead = 16_384

/** A socket, looked at where requests are written to it and replies are read from it. */
class Connection {
  readonly #socket: Socket
  readonly #read: () => unknown
  /** When something was last read. Both clocks: a machine that was suspended knows it by the wall clock alone. */
  #readAt = { wallMs: Date.now(), monotonicMs: performance.now() }
  /** From the writing of a request to the first of its reply. */
  #expectsReply = false
  /** What may be, or is, the beginning of an interim reply. */
  #held: Buffer = Buffer.alloc(0)

  constructor(socket: Socket) {
    this.#socket = socket
    this.#read = socket.read.bind(socket)
    socket.read = () => this.#readReply()
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
    socket.write = (...args: unknown[]) => {
      this.#expectsReply = true
      return write(...args)
    }
  }

  /** To be called between requests. Nothing is sent on a socket that is destroyed: undici makes another one first. */
  closeIfIdleFor(mostMs: number): void {
    const { wallMs, monotonicMs } = this.#readAt
    if (Math.max(Date.now() - wallMs, performance.now() - monotonicMs) > mostMs) this.#socket.destroy()
  }

  #readReply(): unknown {
    for (;;) {
      const chunk = this.#read()
      if (!Buffer.isBuffer(chunk)) return chunk
      this.#readAt = { wallMs: Date.now(), monotonicMs: performance.now() }
      if (!this.#expectsReply) return chunk
      const reply = this.#withoutInterim(chunk)
      if (reply !== undefined) return reply
    }
  }

  /** The first of the reply proper; undefined if it has not come yet. */
  #withoutInterim(chunk: Buffer): Buffer | undefined {
    let held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk])
    while (held.subarray(0, interim.length).equals(interim)) {
      const end = held.indexOf(endOfHead)
      if (end === -1) break
      held = held.subarray(end + endOfHead.length)
    }
    const start = held.subarray(0, interim.length)
    const mayBeInterim = held.length <= longestHead && interim.subarray(0, start.length).equals(start)
    this.#expectsReply = mayBeInterim
    this.#held = mayBeInterim ? held : Buffer.alloc(0)
    return mayBeInterim ? undefined : held
  }
}
