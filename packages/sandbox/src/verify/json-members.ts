/**
 * True if a member name stands twice in a JSON text. A parser would keep the last one without a word, and a duplicated
 * protocol parameter has to be refused (RFC 5849 3.1).
 */
export function hasDuplicateMember(text: string): boolean {
  const names = new Set<string>()
  for (const [, quoted = '', colon] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)/gs)) {
    if (colon === '') continue
    const name = unquoted(quoted)
    if (names.has(name)) return true
    names.add(name)
  }
  return false
}

/** Escapes may spell the same name in several ways. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(text))
  } catch {
    return text
  }
}
