import { TrieRouter } from 'hono/router/trie-router'
import type { RequestRecord } from '../request/record.ts'
import type { Reply } from '../request/reply.ts'

/** The parts of a path that a route leaves open, decoded. */
export type PathParameters = Readonly<Record<string, string>>

/** Answers a request. */
export type RouteHandler = (record: RequestRecord, parameters: PathParameters) => Reply | Promise<Reply>

function withoutSlash(path: string): string {
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path
}

/** Which handler answers which method and path. */
export class Router {
  readonly #routes = new TrieRouter<RouteHandler>()

  /** Adds a route for some methods; a part of `path` that begins with `:` is left open. */
  add(methods: readonly string[], path: string, handler: RouteHandler): void {
    for (const method of methods) this.#routes.add(method, path, handler)
  }

  /** The reply of the route that fits, or of `otherwise`. A HEAD request is one for GET whose body stays unsent. */
  answer(record: RequestRecord, otherwise: RouteHandler): Reply | Promise<Reply> {
    const method = record.method === 'HEAD' ? 'GET' : record.method
    // IBKR's paths take a slash at their end, and clients send it.
    const path = withoutSlash(record.routePath)
    const [found] = this.#routes.match(method, path)[0]
    if (found === undefined) return otherwise(record, {})
    const reply = found[0](record, found[1] as PathParameters)
    // Nothing may follow the head of an answer to HEAD.
    if (record.method !== 'HEAD') return reply
    return Promise.resolve(reply).then((whole) => ({ ...whole, stream: undefined }))
  }
}
