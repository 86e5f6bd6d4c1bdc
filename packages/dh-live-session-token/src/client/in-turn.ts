import * as primitives from '#primitives'

let latest: Promise<unknown> | undefined

/**
 * Runs slices of work one after another, with a turn of the event loop before each: however many are asked for
 * at once, nothing else waits for more than one of them.
 */
export function inTurn<Result>(slice: () => Result): Promise<Result> {
  const result = Promise.resolve(latest).then(primitives.pause).then(slice)
  // How a slice fails is for whoever asked for it; the next one only waits for the end.
  latest = result.catch(() => undefined)
  return result
}
