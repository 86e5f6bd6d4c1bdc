import { belongsTo, cancelsOrder } from '@ibkr-auth/internal/conversations'
import type { Counter, TakeRequest, Wish } from '../store/take.ts'
import type { Waiting } from './line.ts'
import type { Talk } from './talks.ts'

/** A wish and who is behind each of its places. */
export interface Party {
  readonly wish: Wish
  readonly members: readonly Waiting[]
}

/** What is asked of the store for those who wait. */
export interface Ask {
  readonly counters: readonly Counter[]
  readonly parties: readonly Party[]
}

/** Puts those who wait, in their order, into as few wishes as keep that order. */
export function askFor(batch: readonly Waiting[], talk: Talk | undefined, nextId: () => string): Ask {
  const counters: Counter[] = []
  const parties: { wish: Wish; members: Waiting[]; kind: string }[] = []
  for (const waiting of batch) {
    const { request, lane } = waiting
    const conversation = talk !== undefined && belongsTo(request, talk) ? talk.id : undefined
    const passes = cancelsOrder(request)
    const indices = lane.counters.map((counter) => indexOf(counters, counter))
    const kind = `${indices} ${passes} ${conversation}`
    const last = parties.at(-1)
    if (last?.kind === kind) {
      last.members.push(waiting)
      last.wish = { ...last.wish, count: last.members.length }
    } else {
      const wish = { counters: indices, count: 1, id: nextId(), passes, conversation }
      parties.push({ wish, members: [waiting], kind })
    }
  }
  return { counters, parties }
}

function indexOf(counters: Counter[], counter: Counter): number {
  const known = counters.indexOf(counter)
  return known === -1 ? counters.push(counter) - 1 : known
}

/** The same as a request to the store. */
export function takeRequest(
  { counters, parties }: Ask,
  rest: Omit<TakeRequest, 'counters' | 'wishes'>,
): TakeRequest {
  return { ...rest, counters, wishes: parties.map(({ wish }) => wish) }
}
