import { explained } from '../explain/known-refusals.ts'
import type { Exchange } from './exchange.ts'
import { note } from './refuse.ts'
import { type Reply, text } from './replies.ts'

/** Refuses what a page of another origin makes a browser send; programs send neither of the two headers. */
export function crossOriginObjection(exchange: Exchange): Reply | undefined {
  const { headers, scheme, host } = exchange
  const origin = headers.get('origin')
  const site = headers.get('sec-fetch-site')
  const isOwn = origin === null || origin === `${scheme}://${host}`
  if (isOwn && (site === null || site === 'same-origin' || site === 'none')) return undefined
  note(exchange, explained('cross-origin'))
  return text(403, 'Calls from pages of another origin are refused.\n')
}
