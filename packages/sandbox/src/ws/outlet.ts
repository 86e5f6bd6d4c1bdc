import { maskSecrets } from '../explain/mask.ts'
import type { AcceptedSocket } from './accepted-socket.ts'
import type { FrameLog } from './frame-log.ts'

/** What faults do to everything that is sent, on all connections. */
export interface SendingFaults {
  /** Nothing goes out, heartbeats neither; what clients send is still read. */
  isFrozen: boolean
  /** Each message goes out in several frames (RFC 6455 5.4). */
  isSplit: boolean
  isBinary: boolean
  /** Each message waits so long, one after the other. */
  delayMs: number
}

/** A client that leaves so much unread is cut off, in bytes. */
const mostUnread = 8_388_608

const longestLogged = 2_000

/** Sends the messages of one connection and writes them into the log; faults strike here. */
export class Outlet {
  readonly #socket: AcceptedSocket
  readonly #faults: SendingFaults
  readonly #note: (text: string, note: string | undefined) => void
  #queue: Promise<void> | undefined

  constructor(socket: AcceptedSocket, faults: SendingFaults, note: Outlet['note']) {
    this.#socket = socket
    this.#faults = faults
    this.#note = note
  }

  get note(): (text: string, note: string | undefined) => void {
    return this.#note
  }

  send(text: string, note?: string): void {
    if (this.#faults.isFrozen) return
    if (this.#faults.delayMs > 0 || this.#queue !== undefined) this.#later(text)
    else this.#write(text, note)
  }

  #later(text: string): void {
    const before = this.#queue ?? Promise.resolve()
    const queue = before.then(() => waited(this.#faults.delayMs)).then(() => this.#write(text, 'fault: late'))
    this.#queue = queue
    queue.finally(() => {
      if (this.#queue === queue) this.#queue = undefined
    })
  }

  #write(text: string, note: string | undefined): void {
    const { isSplit, isBinary } = this.#faults
    if (this.#socket.readyState !== this.#socket.OPEN) return
    if (this.#socket.bufferedAmount > mostUnread) {
      this.#note(text, 'cut off: the client does not read')
      this.#socket.terminate()
      return
    }
    this.#note(text, isSplit ? 'fault: split' : note)
    const bytes = Buffer.from(text)
    const pieces = isSplit ? piecesOf(bytes) : [bytes]
    for (const [index, piece] of pieces.entries()) {
      this.#socket.send(piece, { binary: isBinary, fin: index === pieces.length - 1 })
    }
  }
}

/** Four pieces, cut without regard to characters. */
function piecesOf(bytes: Buffer): readonly Buffer[] {
  const size = Math.max(1, Math.ceil(bytes.length / 4))
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  )
}

function waited(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref()
  })
}

/** Writes messages of a connection into the log, without the value of any session. */
export function frameNotes(
  log: FrameLog,
  connection: number,
  nowMs: () => number,
  secrets: () => readonly string[],
): (direction: 'received' | 'sent', text: string, note?: string) => void {
  return (direction, text, note) => {
    const shown = maskSecrets(text.slice(0, longestLogged), secrets())
    log.add({ connection, atMs: nowMs(), direction, text: shown, ...(note === undefined ? {} : { note }) })
  }
}
