/** What is waited for; or the reason of a signal that ends first, whatever becomes of it then. */
export async function untilEnded<Value>(pending: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let stop = (): void => undefined
  const ended = new Promise<never>((_, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    stop = () => signal.removeEventListener('abort', onAbort)
  })
  try {
    return await Promise.race([pending, ended])
  } finally {
    stop()
  }
}
