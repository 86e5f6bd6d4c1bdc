import { Hono } from 'hono'
import type { Bindings, Exchange } from './exchange.ts'
import type { Reply } from './replies.ts'

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

function settle(exchange: Exchange, reply: Reply): Response {
  exchange.reply = reply
  return answered
}
