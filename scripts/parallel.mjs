import { availableParallelism } from 'node:os'

/** Runs `work` over `items`, a few at a time, and returns the results in the order of the items. */
export async function inParallel(items, work, atOnce = Math.max(2, availableParallelism())) {
  const results = []
  const queue = items.map((item, index) => ({ item, index }))
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) results[next.index] = await work(next.item)
  }
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, worker))
  return results
}
