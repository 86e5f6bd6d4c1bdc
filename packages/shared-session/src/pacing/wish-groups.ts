import { belongsTo, type Conversation, cancelsOrder } from '@ibkr-auth/internal/conversations'
import type { Counter, Wish } from '../store/take.ts'
import type { Lane } from './limits.ts'
import type { Waiting } from './waiting.ts'

/** A conversation of this process, under the name that the store knows it by. */
export interface UsernameConversation extends Conversation {
  readonly id: string
}

/** Those who wait for the same, one after the other: what they wish for is the same too. */
export interface WishGroup {
  /** Names their places. */
  readonly id: string
  readonly lane: Lane
  /** Whether no conversation holds them back. */
  readonly passes: boolean
  /** The conversation that they belong to. */
  readonly conversation: string | undefined
  readonly members: Waiting[]
}

/** Puts those who wait, in their order, into as few groups as keep that order. */
export function groupsOf(
  batch: readonly Waiting[],
  held: UsernameConversation | undefined,
  nextId: () => string,
): readonly WishGroup[] {
  const groups: WishGroup[] = []
  let last: WishGroup | undefined
  for (const waiting of batch) {
    const { request, lane } = waiting
    const conversation = held !== undefined && belongsTo(request, held) ? held.id : undefined
    const passes = cancelsOrder(request)
    if (last?.lane !== lane || last.passes !== passes || last.conversation !== conversation) {
      last = { id: nextId(), lane, passes, conversation, members: [] }
      groups.push(last)
    }
    last.members.push(waiting)
  }
  return groups
}

/** The same as the store is told it. */
export function wishesOf(groups: readonly WishGroup[]): {
  readonly counters: readonly Counter[]
  readonly wishes: readonly Wish[]
} {
  const counters = [...new Set(groups.flatMap(({ lane }) => lane.counters))]
  const wishes = groups.map(({ id, lane, passes, conversation, members }) => {
    const indices = lane.counters.map((counter) => counters.indexOf(counter))
    return { id, counters: indices, count: members.length, passes, conversation }
  })
  return { counters, wishes }
}
