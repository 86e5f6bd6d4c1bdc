/** What a callback answered, once it is there; or that its `then` cannot be read. */
export type Settled = { readonly ok: true; readonly value: unknown } | { readonly ok: false }

type Then = (resolve: (value: unknown) => void, reject: (reason: unknown) => void) => void

/**
 * Waits for an answer that may be a promise of any realm. Its `then` is read once: `await` would read it again, and a
 * getter or a proxy may by then give something else, or throw. What a promise rejects with is passed on.
 */
export async function settle(answer: unknown): Promise<Settled> {
  const reading = thenOf(answer)
  if (!reading.ok) return reading
  const { subscribe } = reading
  if (subscribe === undefined) return { ok: true, value: answer }
  const value = await new Promise((resolve, reject) => Reflect.apply(subscribe, answer, [resolve, reject]))
  return { ok: true, value }
}

/** The `then` of a promise, whichever realm made it; none of what is no promise. */
export function thenOf(
  answer: unknown,
): { readonly ok: true; readonly subscribe: Then | undefined } | { readonly ok: false } {
  if ((typeof answer !== 'object' && typeof answer !== 'function') || answer === null) {
    return { ok: true, subscribe: undefined }
  }
  try {
    const { then } = answer as { readonly then?: unknown }
    return { ok: true, subscribe: typeof then === 'function' ? (then as Then) : undefined }
  } catch {
    return { ok: false }
  }
}
