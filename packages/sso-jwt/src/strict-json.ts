/** Why a text is not taken as JSON. */
export type JsonDefect = 'malformed' | 'duplicate_member' | 'too_deep'

/** A parsed object, or what is wrong with the text. */
export type StrictJson =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly defect: JsonDefect }

const maximumDepth = 16

/**
 * Parses a JSON object strictly: a member that appears twice is an error, since readers disagree on which one counts
 * (RFC 7519 4, RFC 7515 4), and so is nesting beyond 16 levels.
 */
export function parseStrictJson(text: string): StrictJson {
  try {
    const defect = findDefect(text)
    if (defect !== undefined) return { ok: false, defect }
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { ok: false, defect: 'malformed' }
    return { ok: true, value: value as Readonly<Record<string, unknown>> }
  } catch {
    return { ok: false, defect: 'malformed' }
  }
}

/** Walks strings and brackets only; whether they make up JSON is for JSON.parse to say. */
function findDefect(text: string): JsonDefect | undefined {
  const members: Set<string>[] = []
  let lastString = ''
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (character === '"') {
      const end = endOfString(text, index)
      lastString = text.slice(index, end + 1)
      index = end
    } else if (character === '{' || character === '[') {
      members.push(new Set())
      if (members.length > maximumDepth) return 'too_deep'
    } else if (character === '}' || character === ']') {
      members.pop()
    } else if (character === ':' && !addNew(members.at(-1), lastString)) {
      return 'duplicate_member'
    }
  }
  return undefined
}

/** Index of the quote that closes the string opened at `start`, or of the end of the text. */
function endOfString(text: string, start: number): number {
  for (let index = start + 1; index < text.length; index++) {
    if (text[index] === '\\') index++
    else if (text[index] === '"') return index
  }
  return text.length
}

function addNew(members: Set<string> | undefined, quoted: string): boolean {
  const name = JSON.parse(quoted) as string // "a" and "\u0061" are the same name
  if (members === undefined || members.has(name)) return members === undefined
  members.add(name)
  return true
}
