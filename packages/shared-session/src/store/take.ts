/** At most `places` in any span of `intervalMs` milliseconds, wherever it begins. */
export interface CounterWindow {
  /** How many places. */
  readonly places: number
  /** Length of the span. */
  readonly intervalMs: number
}

/** Windows that must all have room, and how many may be running at once. */
export interface Counter {
  /** Tells the counters of one key apart. */
  readonly name: string
  readonly windows: readonly CounterWindow[]
  /** How many may be running at once. Default: any number. */
  readonly concurrent?: number | undefined
}

/** So many places in each of some counters. */
export interface Wish {
  /** Indices into {@link TakeRequest.counters}. A place is had in all of them or in none. */
  readonly counters: readonly number[]
  /** How many places. */
  readonly count: number
  /** Names the places: the first is `id`, then `id.1`, `id.2` and so on. Unique for the key. */
  readonly id: string
  /** True if a conversation of somebody else does not hold it back. */
  readonly passes?: boolean | undefined
  /** The conversation that it belongs to. */
  readonly conversation?: string | undefined
}

/** Keeps everybody else's wishes waiting for a while. */
export interface Conversation {
  readonly id: string
  /** In milliseconds; afterwards it is over whatever happens. */
  readonly forMs: number
  /**
   * Its own wishes wait until so many milliseconds after the last moment at which a place that was had before may be used: else a
   * request that left earlier could come between those of the conversation. At most half of `forMs`. Default 0.
   */
  readonly quietMs?: number | undefined
}

/** A place that is given back, or is done with. */
export interface PlaceReference {
  readonly counter: string
  readonly id: string
}

/**
 * All that one process has to say about the counters under a key, in one atomic step, in this order: what is given back, what has
 * ended, what still runs, conversations, then the wishes one after the other.
 */
export interface TakeRequest {
  /** Who asks; counted among the holders for `presentForMs`. */
  readonly holder: string
  /** In milliseconds; 0 takes the holder out of the count. */
  readonly presentForMs: number
  readonly counters: readonly Counter[]
  readonly wishes: readonly Wish[]
  /** How much later than it was granted a place may still be used, in milliseconds: it counts from that moment on. */
  readonly slackMs: number
  /** Places surely not used: as if never taken. */
  readonly returned?: readonly PlaceReference[] | undefined
  /** Places of counters with `concurrent` that run no longer. */
  readonly finished?: readonly PlaceReference[] | undefined
  /** Places of counters with `concurrent` that still run. */
  readonly running?: readonly PlaceReference[] | undefined
  /** How long a place counts as running unless it is named again, in milliseconds. */
  readonly runningForMs: number
  /** Begins a conversation if none is going on. */
  readonly converse?: Conversation | undefined
  /** Conversations that are over. */
  readonly conversed?: readonly string[] | undefined
}

/** What a holder gets. */
export interface TakeAnswer {
  /** For each wish, how many places were had: the first so many of its ids. */
  readonly granted: readonly number[]
  /**
   * For each wish that got fewer than it asked for, after how many milliseconds the next could be had; -1 if that depends on others
   * (somebody's conversation, places that are running). 0 for the rest.
   */
  readonly waitMs: readonly number[]
  /** Holders present, this one included. */
  readonly holders: number
  /** The conversation that is going on. */
  readonly conversation: string | undefined
  /** The store's own time, in milliseconds since 1970. */
  readonly nowMs: number
}

/** The id of the place with this number among those of a wish. */
export function placeId(id: string, index: number): string {
  return index === 0 ? id : `${id}.${index}`
}
