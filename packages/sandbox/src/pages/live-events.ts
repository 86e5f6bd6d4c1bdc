import type { LogEntry } from '../log/entry.ts'
import type { RequestLog } from '../log/request-log.ts'
import type { OpenStream, Reply } from '../request/reply.ts'
import { text } from '../request/reply.ts'
import { entryRow } from './log-page.ts'
import type { Markup } from './page.ts'
import { type PanelParts, statePanel } from './state-panel.ts'

/** More pages than anybody has open. */
const mostStreams = 20

/** How long changes are gathered before the state is drawn anew, and how long nothing is said at most, in ms. */
const gatherMs = 150
const silenceMs = 15_000

/** Tells open pages what happens, as server-sent events. */
export class LiveEvents {
  readonly #parts: PanelParts
  readonly #log: RequestLog
  #open = 0

  constructor(parts: PanelParts, log: RequestLog) {
    this.#parts = parts
    this.#log = log
  }

  /** The stream for one page. */
  reply(): Reply {
    if (this.#open >= mostStreams) return text(503, 'Too many pages are open.\n')
    const headers = {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    }
    return { status: 200, headers, body: 'retry: 1000\n\n', stream: (send) => this.#stream(send) }
  }

  #stream(send: Parameters<OpenStream>[0]): () => void {
    this.#open++
    const tell = async (event: string, markup: Markup | string): Promise<void> => {
      send(`event: ${event}\ndata: ${JSON.stringify(String(await markup))}\n\n`)
    }
    const drawState = gathered(() => void tell('state', statePanel(this.#parts)))
    const leave = [
      this.#log.subscribe((entry: LogEntry) => {
        void tell('entry', entryRow(entry))
        drawState.soon()
      }),
      this.#log.onClear(() => void tell('cleared', '')),
      this.#parts.state.market.orders.onChange(drawState.soon),
      this.#parts.state.brokerage.onChange(drawState.soon),
      this.#parts.faults.onChange(drawState.soon),
      this.#parts.streams.frames.subscribe(drawState.soon),
    ]
    drawState.soon()
    // A comment now and then, so that a dead connection is found out.
    const beat = setInterval(() => send(':\n\n'), silenceMs)
    beat.unref()
    return () => {
      this.#open--
      clearInterval(beat)
      drawState.cancel()
      for (const end of leave) end()
    }
  }
}

/** Does something once for many calls that come close together. */
function gathered(work: () => void): { readonly soon: () => void; readonly cancel: () => void } {
  let timer: NodeJS.Timeout | undefined
  const run = (): void => {
    timer = undefined
    work()
  }
  return {
    soon: () => {
      timer ??= setTimeout(run, gatherMs).unref()
    },
    cancel: () => clearTimeout(timer),
  }
}
