import type { Frame } from '../connection/state.ts'
import { checkGroup, invalidInput } from '../errors.ts'
import { type Row, rowsOf } from './rows.ts'
import { each, plainTopic, type Topic } from './topic.ts'

/** Notifications (`ntf`), which IBKR sends without being asked. */
export function notifications(): Topic<readonly Row[]> {
  return unasked('ntf', rowsOf)
}

/** Bulletins (`blt`), which IBKR sends without being asked. */
export function bulletins(): Topic<readonly Row[]> {
  return unasked('blt', rowsOf)
}

/**
 * Frames that answer what `stream.send` said, whole, those with an `error` too: `frames('inp+exercise')`. Nothing
 * is sent for it, and nothing sent again.
 *
 * @param frameTopic - `topic` of the frames.
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 */
export function frames(frameTopic: string): Topic<Row> {
  if (typeof frameTopic !== 'string' || frameTopic === '')
    throw invalidInput('frameTopic must be a text, not empty.')
  return unasked(frameTopic, (frame) => frame)
}

function unasked<Value>(name: string, read: (frame: Frame) => Value): Topic<Value> {
  return plainTopic<Value>(name, {
    frameTopic: name,
    asked: false,
    confirmed: 'by-asking',
    open: each(read),
  })
}

/** Topics that are read by a function of their own, or are the connection's. */
const known: Readonly<Record<string, string>> = {
  smd: 'marketData(…)',
  smh: 'history(…)',
  sbd: 'depth(…)',
  sor: 'orders(…)',
  str: 'trades(…)',
  spl: 'profitAndLoss()',
  ssd: 'accountSummary(…)',
  sld: 'ledger(…)',
}

/** A topic's own texts: `undefined` stands for the default. */
interface TopicTexts {
  readonly unsubscribe?: string | undefined
  readonly frameTopic?: string | undefined
}

function checkTexts(options: TopicTexts): TopicTexts {
  const { unsubscribe, frameTopic } = checkGroup(options, 'options')
  for (const [name, text] of Object.entries({ unsubscribe, frameTopic }))
    if (text !== undefined && (typeof text !== 'string' || text === ''))
      throw invalidInput(`options.${name} must be a text, not empty.`)
  return { unsubscribe, frameTopic }
}

/**
 * Any other topic, by the text that subscribes: `topic('sxx+{"a":1}')`. Its frames come whole.
 *
 * @param options.unsubscribe - Default: the topic with a `u` in place of its `s`.
 * @param options.frameTopic - `topic` of its frames. Default: the text up to `+{`.
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 */
export function topic(subscribe: string, options: TopicTexts = {}): Topic<Row> {
  const name = typeof subscribe === 'string' ? /^s\w+/.exec(subscribe)?.[0] : undefined
  if (name === undefined)
    throw invalidInput('topic must be a text that subscribes, s… : it is sent again after each reconnection.')
  if (Object.hasOwn(known, name)) throw invalidInput(`topic is for other topics: ${name} is ${known[name]}.`)
  const { frameTopic = subscribe.split('+{')[0] ?? subscribe, unsubscribe = `u${frameTopic.slice(1)}+{}` } =
    checkTexts(options)
  return plainTopic<Row>(subscribe, {
    frameTopic,
    unsubscribe: () => unsubscribe,
    confirmed: 'by-asking',
    open: each((frame) => frame),
  })
}
