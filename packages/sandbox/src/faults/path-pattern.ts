/** Says whether a path fits. */
export type PathPattern = (path: string) => boolean

/**
 * Reads a pattern in which `*` stands for any characters. It is matched part after part, in one pass over the path:
 * a regular expression with several stars would try them against each other.
 */
export function pathPattern(pattern: string): PathPattern {
  const [first = '', ...rest] = pattern.split(/\*+/)
  const last = rest.pop()
  if (last === undefined) return (path) => path === pattern
  return (path) => {
    if (!path.startsWith(first)) return false
    let position = first.length
    for (const part of rest) {
      const found = path.indexOf(part, position)
      if (found === -1) return false
      position = found + part.length
    }
    return path.length - last.length >= position && path.endsWith(last)
  }
}
