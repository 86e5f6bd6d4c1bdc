import { belongsTo, cancelsOrder } from '@ibkr-auth/internal/conversations'
import type { Counter, Wish } from '../store/take.ts'
import type { Lane } from './limits.ts'
import type { UsernameConversation } from './username-conversation.ts'
import type { Waiting } from './waiting.ts'

/** Those who wait for the same, one after the other: what they wish for is the same too. */
export interface Party {
  /** Names their places. */
  readonly id: string
  readonly lane: Lane
  /** Whether no conversation holds them back. */
  readonly passes: boolean
  /** The conversation that they belong to. */
  readonly conversation: string | undefined
  readonly members: Waiting[]
}

/** Puts those who wait, in their order, into as few parties as keep that order. */
export function partiesOf(
  batch: readonly Waiting[],
  held: UsernameConversation | undefined,
  nextId: () => string,
): readonly Party[] {
  const parties: Party[] = []
  let last: Party | undefined
  for (const waiting of batch) {
    const { request, lane } = waiting
    const conversation = held !== undefined && belongsTo(request, held) ? held.id : undefined
    const passes = cancelsOrder(request)
    if (last?.lane !== lane || last.passes !== passes || last.conversation !== conversation) {
      last = { id: nextId(), lane, passes, conversation, members: [] }
      parties.push(last)
    }
    last.members.push(waiting)
  }
  return parties
}

/** The same as the store is told it. */
export function wishesOf(parties: readonly Party[]): {
  readonly counters: readonly Counter[]
  readonly wishes: readonly Wish[]
} {
  const counters = [...new Set(parties.flatMap(({ lane }) => lane.counters))]
  const wishes = parties.map(({ id, lane, passes, conversation, members }) => {
    const indices = lane.counters.map((counter) => counters.indexOf(counter))
    return { id, counters: indices, count: members.length, passes, conversation }
  })
  return { counters, wishes }
}
