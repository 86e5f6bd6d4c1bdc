import { isRow, type Row } from './rows.ts'
import { contractId, each, message, plainTopic, standing, type Topic, word } from './topic.ts'

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

/**
 * Historical bars of a contract (`smh`), as one frame. IBKR keeps five at a time, until they are closed.
 *
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 */
export function history(conid: number, options: HistoryOptions): Topic<Row> {
  const topic = `smh+${contractId(conid)}`
  return plainTopic<Row>(message(topic, options), {
    frameTopic: topic,
    unsubscribe: (serverId) => (serverId === undefined ? undefined : `umh+${serverId}`),
    replays: 'value',
    takes: 'history-request',
    open: standing((frame) => frame),
  })
}

/**
 * The book of a contract (`sbd`); needs level 2 data.
 *
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 */
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
    open: each(({ data }) => (Array.isArray(data) ? data.filter(isRow) : undefined)),
  })
}
