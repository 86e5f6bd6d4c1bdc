/** Why a text is not taken as a JSON object. */
export type JsonDefect = 'malformed' | 'not-an-object' | 'duplicate-member' | 'too-deep'

/** A JSON object, or what is wrong with the text. */
export type JsonReading =
  | { readonly ok: true; readonly value: JsonObject }
  | { readonly ok: false; readonly defect: JsonDefect }

/** A JSON object as it came over the wire. */
export type JsonObject = Readonly<Record<string, unknown>>

const maximumDepth = 16

/**
 * Parses a JSON object strictly: a member that appears twice is told, since readers disagree on which one counts
 * (RFC 7519 4, RFC 7515 4; RFC 5849 3.1 for protocol parameters), and so is nesting beyond 16 levels. Linear in the
 * length of the text, which the caller bounds.
 */
export function readJsonObject(text: string): JsonReading {
  try {
    const value: unknown = JSON.parse(text)
    const defect = isObject(value) ? findDefect(text) : 'not-an-object'
    return defect === undefined ? { ok: true, value: value as JsonObject } : { ok: false, defect }
  } catch {
    return { ok: false, defect: 'malformed' }
  }
}

/**
 * A JSON object however it is written, `undefined` for anything else: for replies, where the last of two members counts and
 * a byte order mark does not (RFC 8259 8.1).
 */
export function jsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text.charCodeAt(0) === byteOrderMark ? text.slice(1) : text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

const byteOrderMark = 0xfeff

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Walks the strings and brackets of a text that is JSON. */
function findDefect(text: string): JsonDefect | undefined {
  const members: Set<string>[] = []
  let lastString = ''
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]
    if (character === '"') {
      const end = endOfString(text, index)
      lastString = text.slice(index, end + 1)
      index = end
    } else if (character === '{' || character === '[') {
      members.push(new Set())
      if (members.length > maximumDepth) return 'too-deep'
    } else if (character === '}' || character === ']') {
      members.pop()
    } else if (character === ':' && !addNew(members.at(-1), lastString)) {
      return 'duplicate-member'
    }
  }
  return undefined
}

/** Index of the quote that closes the string opened at `start`. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1
    else if (text[index] === '"') return index
  }
  return text.length
}

/** `"a"` and `"\u0061"` are the same name. */
function addNew(members: Set<string> | undefined, quoted: string): boolean {
  const name = JSON.parse(quoted) as string
  if (members === undefined || members.has(name)) return false
  members.add(name)
  return true
}
