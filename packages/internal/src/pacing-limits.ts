/** At most `requests` requests in any span of `intervalMs` milliseconds. */
export interface PacingWindow {
  /** How many requests. */
  readonly requests: number
  /** Within how long, in milliseconds. */
  readonly intervalMs: number
}

/**
 * What IBKR allows on a group of endpoints, counted per username. All paths and methods of one
 * entry share its allowance.
 */
export interface PacingLimit {
  /** Appears in errors, status and diagnostics. */
  readonly name: string
  /** Upper-case methods. */
  readonly methods: readonly string[]
  /** Paths below the API base (`/v1/api`); `{name}` stands for one segment. */
  readonly paths: readonly string[]
  /** Windows that must all have room. */
  readonly windows: readonly PacingWindow[]
  /** Most requests that may be running at once. */
  readonly concurrent?: number | undefined
}

const second = 1_000
const minute = 60 * second
const perSecond: readonly PacingWindow[] = [{ requests: 1, intervalMs: second }]
const perFiveSeconds: readonly PacingWindow[] = [{ requests: 1, intervalMs: 5 * second }]
const perQuarterHour: readonly PacingWindow[] = [{ requests: 1, intervalMs: 15 * minute }]

/** 10 requests per second and username (IBKR Web API documentation, "Pacing Limitations"). */
export const globalPacingWindow: PacingWindow = { requests: 10, intervalMs: second }

/** A group of its own for one path. */
function limit(
  methods: string,
  paths: string,
  windows: readonly PacingWindow[],
  concurrent?: number,
): PacingLimit {
  return {
    name: `${methods} ${paths.split(' ')[0]}`,
    methods: methods.split(' '),
    paths: paths.split(' '),
    windows,
    ...(concurrent === undefined ? {} : { concurrent }),
  }
}

/**
 * IBKR's limits per endpoint (IBKR Web API documentation, "Pacing Limitations"). Where two pages name
 * two paths or two limits for one endpoint, both are kept.
 */
export const ibkrPacingLimits: readonly PacingLimit[] = [
  limit('GET', '/fyi/unreadnumber', perSecond),
  limit('GET', '/fyi/settings', perSecond),
  limit('GET', '/fyi/deliveryoptions', perSecond),
  limit('GET', '/fyi/notifications', perSecond),
  limit('GET', '/fyi/notifications/more', perSecond),
  limit('POST', '/fyi/settings/{typecode}', perSecond),
  limit('POST', '/fyi/deliveryoptions/device', perSecond),
  limit('GET PUT', '/fyi/disclaimer/{typecode}', perSecond),
  limit('PUT', '/fyi/deliveryoptions/email', perSecond),
  limit('PUT', '/fyi/notifications/{notificationId}', perSecond),
  limit('DELETE', '/fyi/deliveryoptions/{deviceId}', perSecond),
  limit('GET', '/iserver/account/orders /iserver/orders', perFiveSeconds),
  limit('GET', '/iserver/account/trades /iserver/trades', perFiveSeconds),
  limit('GET', '/iserver/account/pnl/partitioned', perFiveSeconds),
  limit('GET', '/iserver/marketdata/snapshot', [{ requests: 10, intervalMs: second }]),
  limit(
    'GET',
    '/iserver/marketdata/history',
    [
      { requests: 10, intervalMs: second },
      { requests: 50, intervalMs: minute },
    ],
    5,
  ),
  limit('GET', '/iserver/scanner/params', perQuarterHour),
  limit('POST', '/iserver/scanner/run', perSecond),
  limit('POST', '/pa/performance', perQuarterHour),
  limit('POST', '/pa/summary', perQuarterHour),
  limit('POST', '/pa/transactions', perQuarterHour),
  limit('GET', '/portfolio/accounts', perFiveSeconds),
  limit('GET', '/portfolio/subaccounts', perFiveSeconds),
  limit('GET', '/sso/validate', [{ requests: 1, intervalMs: minute }]),
  limit('GET POST', '/tickle', perSecond),
]

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
