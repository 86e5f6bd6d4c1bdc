import { invalidInput } from '../errors.ts'
import type { Topic } from './topic.ts'

const isText = (value: unknown): boolean => typeof value === 'string' && value !== ''

/**
 * A topic, read once: one of the caller's own may say something else each time, and what was counted under one text would
 * never be found under another.
 *
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 */
export function checkedTopic<Value>(topic: Topic<Value>): Topic<Value> {
  const { subscribe, parameters, unsubscribe, frameTopic, asked, needsBrokerage, ...rest } = membersOf(topic)
  const { delivery, replays, renewAfterMs, confirmed, takes, open, filter } = rest
  const areFunctions = typeof unsubscribe === 'function' && typeof open === 'function'
  if (!isText(subscribe) || !isText(frameTopic) || !areFunctions)
    throw invalidInput('topic must be one of marketData(…), orders(…), …, topic(text).')
  if (filter !== undefined && typeof filter !== 'function')
    throw invalidInput('topic.filter must be a function, or undefined.')
  return {
    subscribe,
    parameters,
    unsubscribe: unsubscribe.bind(topic),
    frameTopic,
    asked,
    needsBrokerage,
    delivery,
    replays,
    renewAfterMs,
    confirmed,
    takes,
    open: open.bind(topic),
    filter: filter?.bind(topic),
  }
}

/** Of nothing there is nothing to read. */
function membersOf<Value>(topic: Topic<Value> | null | undefined): Topic<Value> {
  return topic ?? ({} as Topic<Value>)
}
