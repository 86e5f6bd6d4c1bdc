import type { Frame } from '../connection/state.ts'
import { contractId, message, plainTopic, type Topic, word } from './topic.ts'

/** A row as IBKR sends it; members are IBKR's. */
export type Row = Readonly<Record<string, unknown>>

/** A list in `args`; one object counts as a list of one, since IBKR's pages and its frames disagree on which it is. */
function rowsOf(frame: Frame): readonly Row[] {
  const { args } = frame
  const rows = Array.isArray(args) ? args : [args]
  return rows.filter((row): row is Row => typeof row === 'object' && row !== null)
}

/**
 * Changes of orders (`sor`). No snapshot is promised: ask `GET /iserver/account/orders` first, and as `catchUp`.
 *
 * @param filters - States as IBKR names them: `Submitted`. Default: all.
 */
export function orders(filters: readonly string[] = []): Topic<readonly Row[]> {
  return plainTopic<readonly Row[]>(message('sor', filters.length === 0 ? {} : { filters }), {
    frameTopic: 'sor',
    unsubscribe: () => 'uor+{}',
    confirmed: 'by-asking',
    read: rowsOf,
  })
}

/** Executions remembered for telling repeats. */
const mostExecutions = 50_000

/**
 * Executions (`str`). IBKR sends them all again now and then: each `execution_id` comes once.
 *
 * @param options.days - Days of history, 1 to 7.
 */
export function trades(
  options: { readonly realtimeUpdatesOnly?: boolean | undefined; readonly days?: number | undefined } = {},
): Topic<readonly Row[]> {
  const seen = new Set<unknown>()
  const isNew = ({ execution_id: id }: Row) => {
    if (id === undefined) return true
    if (seen.has(id)) return false
    seen.add(id)
    if (seen.size > mostExecutions) seen.delete(seen.values().next().value)
    return true
  }
  const { realtimeUpdatesOnly, days } = options
  return plainTopic<readonly Row[]>(message('str', { realtimeUpdatesOnly, days }), {
    frameTopic: 'str',
    unsubscribe: () => 'utr',
    read: (frame) => rowsOf(frame).filter(isNew),
  })
}

/** Profit and loss of all accounts (`spl`), by account; conflated. */
export function profitAndLoss(): Topic<Readonly<Record<string, Row>>> {
  return plainTopic<Readonly<Record<string, Row>>>('spl+{}', {
    frameTopic: 'spl',
    delivery: 'newest',
    read: ({ args }, previous) =>
      typeof args === 'object' && args !== null
        ? { ...previous, ...(args as Record<string, Row>) }
        : previous,
  })
}

/** Values of an account by key; what a frame does not hold stays as it was. */
export type AccountValues = Readonly<Record<string, Row>>

function mergeValues({ result }: Frame, previous: AccountValues | undefined): AccountValues | undefined {
  if (!Array.isArray(result)) return previous
  const rows = result.filter((row): row is Row => typeof row === 'object' && row !== null && 'key' in row)
  const changed = rows.map((row) => [String(row.key), { ...previous?.[String(row.key)], ...row }] as const)
  return { ...previous, ...Object.fromEntries(changed) }
}

/** Summary of an account (`ssd`): margins, balances; conflated. */
export function accountSummary(
  accountId: string,
  options: {
    readonly keys?: readonly string[] | undefined
    readonly fields?: readonly string[] | undefined
  } = {},
): Topic<AccountValues> {
  return accountTopic('sd', accountId, options)
}

/** Ledger of an account by currency (`sld`), every ten seconds; conflated. */
export function ledger(
  accountId: string,
  options: {
    readonly keys?: readonly string[] | undefined
    readonly fields?: readonly string[] | undefined
  } = {},
): Topic<AccountValues> {
  return accountTopic('ld', accountId, options)
}

function accountTopic(kind: 'sd' | 'ld', accountId: string, options: object): Topic<AccountValues> {
  const account = word(accountId, 'accountId')
  return plainTopic<AccountValues>(message(`s${kind}+${account}`, options), {
    frameTopic: `s${kind}+${account}`,
    unsubscribe: () => `u${kind}+${account}+{}`,
    delivery: 'newest',
    read: mergeValues,
  })
}

/** What {@link history} asks for; values are IBKR's. */
export interface HistoryOptions {
  /** `1d`, `2w`: 1-30min, 1-8h, 1-1000d, 1-792w, 1-182m, 1-15y. */
  readonly period: string
  /** `1min` … `1m`. */
  readonly bar: string
  readonly exchange?: string | undefined
  readonly outsideRth?: boolean | undefined
  readonly source?: 'midpoint' | 'trades' | 'bid_ask' | 'bid' | 'ask' | undefined
  readonly format?: string | undefined
}

/** Historical bars of a contract, once and as they grow (`smh`). IBKR keeps five at a time. */
export function history(conid: number, options: HistoryOptions): Topic<Row> {
  const topic = `smh+${contractId(conid)}`
  return plainTopic<Row>(message(topic, options), {
    frameTopic: topic,
    unsubscribe: (serverId) => (serverId === undefined ? undefined : `umh+${serverId}`),
    takes: 'history-request',
    read: (frame) => frame,
  })
}

/** The book of a contract (`sbd`); needs level 2 data. */
export function depth(
  accountId: string,
  conid: number,
  options: { readonly exchange?: string | undefined } = {},
): Topic<readonly Row[]> {
  const account = word(accountId, 'accountId')
  const exchange = options.exchange === undefined ? '' : `+${word(options.exchange, 'exchange')}`
  const topic = `sbd+${account}+${contractId(conid)}${exchange}`
  return plainTopic<readonly Row[]>(topic, {
    frameTopic: topic,
    unsubscribe: () => `ubd+${account}`,
    confirmed: 'by-asking',
    read: ({ data }) =>
      Array.isArray(data)
        ? data.filter((row): row is Row => typeof row === 'object' && row !== null)
        : undefined,
  })
}

/** Notifications (`ntf`), which IBKR sends without being asked. */
export function notifications(): Topic<readonly Row[]> {
  return plainTopic<readonly Row[]>('ntf', {
    frameTopic: 'ntf',
    asked: false,
    confirmed: 'by-asking',
    read: rowsOf,
  })
}

/** Bulletins (`blt`), which IBKR sends without being asked. */
export function bulletins(): Topic<readonly Row[]> {
  return plainTopic<readonly Row[]>('blt', {
    frameTopic: 'blt',
    asked: false,
    confirmed: 'by-asking',
    read: rowsOf,
  })
}

/**
 * Any other topic, by the text that subscribes: `topic('sxx+{"a":1}')`. Its frames come whole.
 *
 * @param options.frameTopic - `topic` of its frames. Default: the text up to `+{`.
 */
export function topic(
  subscribe: string,
  options: { readonly unsubscribe?: string | undefined; readonly frameTopic?: string | undefined } = {},
): Topic<Row> {
  const frameTopic = options.frameTopic ?? subscribe.split('+{')[0] ?? subscribe
  const unsubscribe = options.unsubscribe ?? `u${frameTopic.slice(1)}+{}`
  return plainTopic<Row>(subscribe, {
    frameTopic,
    unsubscribe: () => unsubscribe,
    confirmed: 'by-asking',
    read: (frame) => frame,
  })
}
