import { type Fields, isObject, parseJson } from '../request/body.ts'

/** What a client asks for: `TOPIC`, `TOPIC+{json}` or `TOPIC+TARGET+{json}`. */
export interface StreamRequest {
  /** Such as `smd`. */
  readonly topic: string
  /** What stands between topic and JSON: contract or account, and for depth both. */
  readonly targets: readonly string[]
  readonly options: Fields
}

/** Reads a message of a client; undefined if its JSON is none. */
export function readStreamRequest(text: string): StreamRequest | undefined {
  const brace = text.indexOf('{')
  const head = brace === -1 ? text : text.slice(0, brace)
  const [topic = '', ...targets] = head.replace(/\+$/, '').split('+')
  const options = brace === -1 ? {} : parseJson(text.slice(brace))
  return isObject(options) ? { topic, targets, options } : undefined
}

/** A list of texts or numbers as texts; empty where it is none. */
export function textList(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return []
  return value.filter((one) => typeof one === 'string' || typeof one === 'number').map(String)
}
