import type { Clock } from '@ibkr-auth/internal/clock'
import type { OpenSocket, SocketAddress, SocketListener } from '../src/connection/socket.ts'

/** A clock that a test drives; both readings can be set apart. */
export class TestClock implements Clock {
  #monotonicMs = 1_000
  #wallOffsetMs = 1_700_000_000_000
  #timers = new Map<number, { atMs: number; callback: () => void }>()
  #handles = 0

  now(): number {
    return this.#monotonicMs + this.#wallOffsetMs
  }

  monotonicNow(): number {
    return this.#monotonicMs
  }

  setTimeout(callback: () => void, delayMs: number): number {
    if (!(delayMs >= 0 && delayMs < 2 ** 31)) throw new RangeError(`No runtime waits for ${delayMs} ms`)
    this.#handles += 1
    this.#timers.set(this.#handles, { atMs: this.#monotonicMs + delayMs, callback })
    return this.#handles
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number)
  }

  get timers(): number {
    return this.#timers.size
  }

  setWallClock(byMs: number): void {
    this.#wallOffsetMs += byMs
  }

  /** Lets time pass, timer by timer, with the promises of each settled before the next. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#monotonicMs + ms
    for (;;) {
      await settle()
      const due = [...this.#timers]
        .filter(([, { atMs }]) => atMs <= untilMs)
        .sort(([, a], [, b]) => a.atMs - b.atMs)[0]
      if (due === undefined) break
      const [handle, { atMs, callback }] = due
      this.#timers.delete(handle)
      this.#monotonicMs = Math.max(this.#monotonicMs, atMs)
      callback()
    }
    this.#monotonicMs = untilMs
    await settle()
  }
}

/** Lets everything that is settled be heard. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn += 1) await Promise.resolve()
}

/** One socket as a test's server sees it. It goes on telling after it was dropped, as sockets under way do. */
export class TestSocket {
  readonly address: SocketAddress
  readonly sent: string[] = []
  readonly #listener: SocketListener
  dropped = false
  /** It has told `system` success. */
  greeted = false

  constructor(address: SocketAddress, listener: SocketListener) {
    this.address = address
    this.#listener = listener
  }

  open(): void {
    this.#listener.opened()
  }

  frame(frame: unknown): void {
    const told = typeof frame === 'object' && frame !== null && 'success' in frame
    if (told) this.greeted = true
    this.#listener.message(typeof frame === 'string' ? frame : JSON.stringify(frame))
  }

  binary(frame: unknown): void {
    this.#listener.message(new TextEncoder().encode(JSON.stringify(frame)))
  }

  close(code = 1006): void {
    this.#listener.closed(code)
    this.dropped = true
  }

  refuse(error: Parameters<SocketListener['refused']>[0]): void {
    this.#listener.refused(error)
    this.dropped = true
  }

  /** Opens and greets as IBKR does. */
  greet(): void {
    this.open()
    this.frame({ topic: 'system', success: 'user', isFT: false, isPaper: true })
    this.frame({ topic: 'act', args: { accounts: ['U1'] } })
    this.frame({
      topic: 'sts',
      args: { connected: true, authenticated: true, competing: false, message: '' },
    })
  }

  heartbeat(): void {
    this.frame({ topic: 'system', hb: 1 })
  }
}

/** Sockets that a test answers by hand. */
export function testSockets(): { readonly open: OpenSocket; readonly all: TestSocket[]; last(): TestSocket } {
  const all: TestSocket[] = []
  return {
    all,
    last: () => {
      const socket = all.at(-1)
      if (socket === undefined) throw new Error('no socket was opened')
      return socket
    },
    open: (address, listener) => {
      const socket = new TestSocket(address, listener)
      all.push(socket)
      return {
        send: (text) => void socket.sent.push(text),
        drop: () => {
          socket.dropped = true
        },
      }
    },
  }
}
