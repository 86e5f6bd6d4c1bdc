import { checkGroup, invalidInput } from '../errors.ts'
import { type Row, rowsOf } from './rows.ts'
import { each, joinableTopic, type Topic } from './topic.ts'

/**
 * Changes of orders (`sor`). No snapshot is promised: ask `GET /iserver/account/orders` first, and as `catchUp`. IBKR
 * keeps one list of filters for a connection: where another subscription wants more, its orders come too.
 *
 * @param filters - States as IBKR names them: `Submitted`. Default: all.
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 */
export function orders(filters: readonly string[] = []): Topic<readonly Row[]> {
  if (
    !Array.isArray(filters) ||
    !filters.every((filter) => typeof filter === 'string' && /^\w{1,64}$/.test(filter))
  )
    throw invalidInput('filters must be a list of states such as "Submitted".')
  return joinableTopic<readonly Row[]>('sor', filters.length === 0 ? {} : { filters: [...filters] }, {
    unsubscribe: () => 'uor+{}',
    confirmed: 'by-asking',
    open: each(rowsOf),
  })
}

/** Executions remembered for telling repeats. */
const mostExecutions = 50_000

/** Lets each `execution_id` through once; a row without one always, since leaving it out would drop a trade. */
function onceEach(): (rows: readonly Row[]) => readonly Row[] | undefined {
  const seen = new Set<unknown>()
  const isNew = ({ execution_id: id }: Row) => {
    if (typeof id !== 'string' && typeof id !== 'number') return true
    if (seen.has(id)) return false
    seen.add(id)
    if (seen.size > mostExecutions) seen.delete(seen.values().next().value)
    return true
  }
  return (rows) => {
    const news = rows.filter(isNew)
    return news.length === 0 ? undefined : news
  }
}

/**
 * Executions (`str`). IBKR sends them all again now and then: each `execution_id` comes once to each reader, of the
 * last 50,000.
 *
 * @param options.days - Days of history, 1 to 7.
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 */
export function trades(
  options: { readonly realtimeUpdatesOnly?: boolean | undefined; readonly days?: number | undefined } = {},
): Topic<readonly Row[]> {
  const { realtimeUpdatesOnly, days } = checkGroup(options, 'options')
  if (days !== undefined && !(Number.isInteger(days) && days >= 1 && days <= 7))
    throw invalidInput('days must be a whole number from 1 to 7.')
  if (realtimeUpdatesOnly !== undefined && typeof realtimeUpdatesOnly !== 'boolean')
    throw invalidInput('realtimeUpdatesOnly must be true or false.')
  return joinableTopic<readonly Row[]>(
    'str',
    { realtimeUpdatesOnly, days },
    { unsubscribe: () => 'utr', replays: 'asking', open: each(rowsOf), filter: onceEach },
  )
}
