/** What sends, of all that a transport may have. */
const sending: ReadonlySet<string | symbol> = new Set([
  'request',
  'stream',
  'get',
  'post',
  'put',
  'patch',
  'delete',
])

/** A transport that does something before each request, and sends nothing if that fails. */
export function announcing<T extends object>(transport: T, announce: () => Promise<void>): T {
  // Not a proxy of the transport itself: one that is frozen could not be given other members.
  return new Proxy({} as T, {
    has: (_, name) => name in transport,
    get(_, name) {
      const member: unknown = Reflect.get(transport, name)
      if (typeof member !== 'function') return member
      if (!sending.has(name)) return member.bind(transport)
      return async (...values: unknown[]) => {
        await announce()
        return member.apply(transport, values)
      }
    },
  })
}
