/**
 * What comes of a piece of work, or the reason of a signal that is aborted before: foreign code need not heed its signal. What comes of
 * it later is dropped.
 */
export function untilAborted<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    const end = (): void => signal.removeEventListener('abort', onAbort)
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    work().then(resolve, reject).finally(end)
  })
}
