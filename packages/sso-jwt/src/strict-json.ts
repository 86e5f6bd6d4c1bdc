/** Why a text is not taken as JSON. */
export type JsonDefect = 'malformed' | 'duplicate_member' | 'too_deep'

export type StrictJson =
  | { readonly ok: true; readonly value: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly defect: JsonDefect }

const maximumDepth = 16
const token = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s{}[\]:,"]+/gs

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

/** Walks the tokens only; whether they make up JSON is for JSON.parse to say. */
function findDefect(text: string): JsonDefect | undefined {
  const members: Set<string>[] = []
  let previous = ''
  for (const [current] of text.matchAll(token)) {
    if (current === '{' || current === '[') members.push(new Set())
    if (members.length > maximumDepth) return 'too_deep'
    if (current === '}' || current === ']') members.pop()
    if (current === ':' && previous.startsWith('"') && !addNew(members.at(-1), previous))
      return 'duplicate_member'
    previous = current
  }
  return undefined
}

function addNew(members: Set<string> | undefined, quoted: string): boolean {
  const name = JSON.parse(quoted) as string // "a" and "\u0061" are the same name
  if (members === undefined || members.has(name)) return members === undefined
  members.add(name)
  return true
}
