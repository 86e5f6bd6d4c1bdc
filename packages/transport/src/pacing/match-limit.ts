import type { PacingLimit } from './limits.ts'

/** Finds the entry that a request falls under; `path` is below the API base and may carry a query. */
export type LimitMatcher = (method: string, path: string) => PacingLimit | undefined

interface Template {
  readonly segments: readonly string[]
  readonly limit: PacingLimit
}

/**
 * Compiles a table of limits. Literal paths are one map look-up; templates are tried afterwards, so that
 * `/fyi/deliveryoptions/email` never counts as a `{deviceId}`.
 */
export function createLimitMatcher(limits: readonly PacingLimit[]): LimitMatcher {
  const literals = new Map<string, PacingLimit>()
  const templates = new Map<string, Template[]>()
  for (const limit of limits) {
    for (const method of limit.methods) {
      for (const path of limit.paths) addPath(literals, templates, method, path, limit)
    }
  }
  return (method, path) => {
    const plain = normalizePath(path)
    const literal = literals.get(`${method} ${plain}`)
    if (literal !== undefined) return literal
    const segments = plain.split('/')
    const found = templates.get(`${method} ${segments.length}`)?.find((template) => fits(template, segments))
    return found?.limit
  }
}

function addPath(
  literals: Map<string, PacingLimit>,
  templates: Map<string, Template[]>,
  method: string,
  path: string,
  limit: PacingLimit,
): void {
  const segments = path.split('/')
  if (!path.includes('{')) {
    literals.set(`${method} ${path}`, limit)
    return
  }
  const key = `${method} ${segments.length}`
  const list = templates.get(key) ?? []
  list.push({ segments, limit })
  templates.set(key, list)
}

/** Without query, fragment and trailing slash: IBKR counts the endpoint, not its spelling. */
function normalizePath(path: string): string {
  const end = path.search(/[?#]/)
  const plain = end === -1 ? path : path.slice(0, end)
  return plain.length > 1 && plain.endsWith('/') ? plain.slice(0, -1) : plain
}

function fits(template: Template, segments: readonly string[]): boolean {
  return template.segments.every((segment, index) => segment.startsWith('{') || segment === segments[index])
}
