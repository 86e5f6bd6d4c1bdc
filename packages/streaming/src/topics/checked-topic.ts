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
  const read = (topic ?? {}) as Topic<Value>
  const { subscribe, frameTopic, unsubscribe, open, filter, takes, ...own } = read
  const areFunctions = [unsubscribe, open, filter ?? open].every((member) => typeof member === 'function')
  if (!isText(subscribe) || !isText(frameTopic) || !areFunctions)
    throw invalidInput('topic must be one of marketData(…), orders(…), …, topic(text).')
  return { ...own, subscribe, frameTopic, unsubscribe, open, filter, takes }
}
