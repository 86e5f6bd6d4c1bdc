import { cancelsOrder, type PacingRequest } from './request.ts'

/** A conversation of this process: while it goes on, others of the username wait. */
export interface Talk {
  readonly id: string
  /** What `hold` was given; requests that carry the same value belong to it. */
  readonly conversation: unknown
  /** In monotonic time; undefined until its turn has come. */
  untilMs: number | undefined
}

/** Conversations of one username in this process, one after the other. */
export class Talks {
  readonly #forMs: number
  readonly #talks: Talk[] = []

  constructor(forMs: number) {
    this.#forMs = forMs
  }

  add(id: string, conversation: unknown): Talk {
    const talk: Talk = { id, conversation, untilMs: undefined }
    this.#talks.push(talk)
    return talk
  }

  /** @returns false if it was over already. */
  end(talk: Talk): boolean {
    const index = this.#talks.indexOf(talk)
    if (index === -1) return false
    this.#talks.splice(index, 1)
    return true
  }

  /** The one whose turn it is, and that has time left. */
  current(nowMs: number): Talk | undefined {
    for (let talk = this.#talks[0]; talk !== undefined; talk = this.#talks[0]) {
      talk.untilMs ??= nowMs + this.#forMs
      if (talk.untilMs > nowMs) return talk
      this.#talks.shift()
    }
    return undefined
  }

  /** Whether a request may go on now, as far as this process is concerned. */
  lets(request: PacingRequest, nowMs: number): boolean {
    const talk = this.current(nowMs)
    return talk === undefined || belongsTo(request, talk) || cancelsOrder(request)
  }
}

export function belongsTo({ conversation }: PacingRequest, talk: Talk): boolean {
  return conversation !== undefined && conversation === talk.conversation
}
