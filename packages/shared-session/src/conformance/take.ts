import type { Store } from '../store/store.ts'
import type { Counter, TakeAnswer, TakeRequest } from '../store/take.ts'
import { takeByWriting } from '../store/take-by-writing.ts'
import { hour } from './case.ts'

/** `take()` as a case calls it: only what matters for it is said. */
export type Take = (store: Store, key: string, request: Partial<TakeRequest>) => Promise<TakeAnswer>

const rest: TakeRequest = {
  holder: 'conformance',
  presentForMs: hour,
  counters: [],
  wishes: [],
  slackMs: 0,
  runningForMs: hour,
}

/** The store's own, if it has one. */
export const ownTake: Take = (store, key, request) =>
  store.take === undefined
    ? takeByWriting(store, key, { ...rest, ...request })
    : store.take(key, { ...rest, ...request })

/** That made of reading and writing, which any store has. */
export const takeOfWrites: Take = (store, key, request) => takeByWriting(store, key, { ...rest, ...request })

/** A counter of five places an hour. */
export const wide: readonly [Counter] = [{ name: 'wide', windows: [{ places: 5, intervalMs: hour }] }]
