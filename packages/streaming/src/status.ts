import type { ConnectionState, LostReason } from './connection/state.ts'
import type { StreamSettings } from './settings.ts'
import type { StreamStatus } from './stream.ts'
import type { Feeds } from './subscriptions/feeds.ts'

/** What a stream remembers of its life, for {@link StreamStatus}. */
export interface StreamMemory {
  /** Since when the state is what it is, ms since 1970. */
  readonly sinceMs: number
  /** Connections that were greeted. */
  readonly connections: number
  readonly reason: LostReason | undefined
  readonly lastError: string | undefined
}

/** What a status is made of. */
export interface StatusParts {
  readonly id: number
  readonly memory: StreamMemory
  readonly state: ConnectionState
  readonly feeds: Feeds
  readonly settings: StreamSettings
}

export function statusOf({ id, memory, state, feeds, settings }: StatusParts): StreamStatus {
  const { clock, limits } = settings
  const wallTime = (monotonicMs: number) => Math.round(clock.now() + monotonicMs - clock.monotonicNow())
  return {
    id,
    state: state.name,
    sinceMs: memory.sinceMs,
    reason: state.name === 'open' ? undefined : memory.reason,
    lastError: memory.lastError,
    retryAtMs: 'untilMs' in state ? wallTime(state.untilMs) : undefined,
    heartbeatAtMs: state.name === 'open' ? wallTime(state.heartbeatAtMs) : undefined,
    brokerage: state.name === 'open' ? state.brokerage : {},
    connections: memory.connections,
    marketDataLines: { taken: feeds.taken('market-data-line'), limit: limits.marketDataLines },
    subscriptions: feeds.all.map((feed) => feed.status),
  }
}
