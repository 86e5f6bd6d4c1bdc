import { Hono } from 'hono'
import type { Bindings, Exchange } from './exchange.ts'
import { apiError, type Reply } from './replies.ts'

/** The router: Hono, whose handlers find the request in their bindings and leave the reply there. */
export type Router = Hono<{ Bindings: Bindings }>

/** Answers a request. */
export type RouteHandler = (exchange: Exchange) => Reply | Promise<Reply>

/** What Hono is told: the reply itself waits in the exchange. */
const answered = new Response(null)

/** A router without routes. */
export function createRouter(): Router {
  return new Hono<{ Bindings: Bindings }>()
}

/** Adds a route for some methods. */
export function addRoute(
  router: Router,
  methods: readonly string[],
  path: string,
  handler: RouteHandler,
): void {
  const answer = settling(handler)
  router.on([...methods], path, ({ env }) => answer(env.exchange))
}

/** Makes a handler leave its reply in the exchange. */
export function settling(handler: RouteHandler): (exchange: Exchange) => Response | Promise<Response> {
  return (exchange) => {
    const reply = handler(exchange)
    if (!(reply instanceof Promise)) return settle(exchange, reply)
    return reply.then((settled) => settle(exchange, settled))
  }
}

/** The reply of the route that fits. */
export function routed(router: Router, exchange: Exchange): Reply | Promise<Reply> {
  // All that Hono looks at to find a route, and all that a handler needs it for: a whole Request would cost
  // more than the signature check.
  const { method, path } = exchange
  const request = { method, url: `http://sandbox${path}` } as Request
  const done = router.fetch(request, { exchange })
  const reply = (): Reply => exchange.reply ?? apiError(500, 'Internal Server Error')
  return done instanceof Promise ? done.then(reply) : reply()
}

function settle(exchange: Exchange, reply: Reply): Response {
  exchange.reply = reply
  return answered
}
