import { checkGroup, invalidInput } from '../errors.ts'
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
  return plainTopic<Row>(message(topic, historyParameters(checkGroup(options, 'options'))), {
    frameTopic: topic,
    unsubscribe: (serverId) => (serverId === undefined ? undefined : `umh+${serverId}`),
    replays: 'value',
    takes: 'history-request',
    open: standing((frame) => frame),
  })
}

function historyParameters({ period, bar, exchange, outsideRth, source, format }: HistoryOptions): object {
  if (outsideRth !== undefined && typeof outsideRth !== 'boolean')
    throw invalidInput('outsideRth must be true or false.')
  return {
    period: word(period, 'period'),
    bar: word(bar, 'bar'),
    exchange: exchange === undefined ? undefined : word(exchange, 'exchange'),
    outsideRth,
    source: source === undefined ? undefined : word(source, 'source'),
    format: format === undefined ? undefined : checkFormat(format),
  }
}

function checkFormat(format: string): string {
  if (typeof format === 'string' && /^[\w%., ]{1,64}$/.test(format)) return format
  throw invalidInput('format must be a text such as "%o%c%h%l%v".')
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
  const { exchange: asked } = checkGroup(options, 'options')
  const exchange = asked === undefined ? '' : `+${word(asked, 'exchange')}`
  const topic = `sbd+${account}+${contractId(conid)}${exchange}`
  return plainTopic<readonly Row[]>(topic, {
    frameTopic: topic,
    unsubscribe: () => `ubd+${account}`,
    confirmed: 'by-asking',
    open: each(({ data }) => (Array.isArray(data) ? data.filter(isRow) : undefined)),
  })
}
