import type { Frame } from '../connection/state.ts'

/**
 * The text of a frame that refuses: `error` anywhere IBKR has been seen to put it. Most frames are data, and are asked
 * three things only.
 */
export function refusalIn(frame: Frame): string | undefined {
  const { topic, error, message } = frame
  if (error === undefined && message === undefined && topic !== 'error') return undefined
  const inner = typeof message === 'object' && message !== null ? (message as Frame).error : undefined
  const told = [error, inner].find((value) => value !== undefined && value !== null && value !== false)
  if (told !== undefined) return textOf(told)
  return topic === 'error' ? textOf(message ?? frame.args ?? 'no reason given') : undefined
}

/** Characters of a refusal that are looked at: the text is the server's, and may be megabytes. */
const longest = 4_096

function textOf(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value.slice(0, longest)
  try {
    return JSON.stringify(value).slice(0, longest)
  } catch {
    return 'no reason that can be read' // nested deeper than the stack
  }
}

/** The topic as a word of its own: `smd+1` is not meant by a text about `smd+12`. */
export function names(text: string, topic: string): boolean {
  for (let at = text.indexOf(topic); at >= 0; at = text.indexOf(topic, at + 1)) {
    if (!/\w/.test(text.charAt(at - 1)) && !/\w/.test(text.charAt(at + topic.length))) return true
  }
  return false
}
