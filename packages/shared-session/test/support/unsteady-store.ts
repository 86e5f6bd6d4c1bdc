import type { Store } from '../../src/store/store.ts'
import { takeByWriting } from '../../src/store/take-by-writing.ts'
import type { VirtualTime } from './virtual-clock.ts'

/** How the way to a store is at present. */
export interface Way {
  /** One way, in milliseconds; drawn anew for each message. */
  delayMs: () => number
  /** True: nothing gets through, and it says so. */
  isCut: boolean
  /** Share of operations of which the request or the answer is lost. */
  lossRate: number
}

/** The store as one process sees it over its own way: slow, lossy, cut. What is lost is never answered. */
export function unsteady(store: Store, time: VirtualTime, random: () => number, way: Way): Store {
  const carry = async <T>(operation: () => Promise<T>): Promise<T> => {
    if (way.isCut) throw Object.assign(new Error('cut'), { code: 'ECONNREFUSED' })
    await time.pause(way.delayMs())
    if (random() < way.lossRate / 2) return new Promise<T>(() => undefined)
    const answer = await operation()
    await time.pause(way.delayMs())
    if (random() < way.lossRate / 2) return new Promise<T>(() => undefined)
    if (way.isCut) throw Object.assign(new Error('cut'), { code: 'ECONNRESET' })
    return answer
  }
  return {
    read: (key) => carry(() => store.read(key)),
    compareAndSet: (...values) => carry(() => store.compareAndSet(...values)),
    // One step at the store, as a script is.
    take: (key, request) => carry(() => takeByWriting(store, key, request)),
    watch: (key, listener) =>
      store.watch(key, () => {
        if (!way.isCut && random() >= way.lossRate) time.after(way.delayMs(), listener)
      }),
  }
}
