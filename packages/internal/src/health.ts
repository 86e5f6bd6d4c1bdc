/** Whether something works, what it waits for, what can be done. Plain data without secrets. */
export interface Health {
  /** Whether it works as far as it was asked to. */
  readonly ok: boolean
  readonly waitingFor?:
    | {
        readonly what: string
        /** Milliseconds since 1970, if it is known. */
        readonly untilMs: number | undefined
        /** In words. */
        readonly why: string
      }
    | undefined
  /** What can be done about it; undefined if nothing need be. */
  readonly remedy?: string | undefined
}

/** Whatever tells its health: a session, a stream, something of yours. */
export interface Healthy {
  health(): Health
}

/** One part's health, by its name: that in the record, or its place in the list. */
export interface PartHealth extends Health {
  readonly name: string
}

/** The health of many at once. */
export interface OverallHealth {
  /** Whether all of them work; true of none. */
  readonly ok: boolean
  readonly parts: readonly PartHealth[]
}

/**
 * The health of sessions and streams at once, for probes. Each part is shown with all that it tells; one that cannot tell is not well.
 *
 * @param parts - By name, or in a list.
 */
export function healthOf(parts: readonly Healthy[] | Readonly<Record<string, Healthy>>): OverallHealth {
  if (typeof parts !== 'object' || parts === null)
    return { ok: false, parts: [{ name: 'parts', ...unwell('there are no parts to ask') }] }
  const told = Object.entries(parts).map(([name, part]) => ({ name, ...askedOf(part) }))
  return { ok: told.every(({ ok }) => ok === true), parts: told }
}

function askedOf(part: Healthy): Health {
  try {
    const health: unknown = part.health()
    if (typeof health === 'object' && health !== null && 'ok' in health) return health as Health
    return unwell('health() answered with no health')
  } catch {
    return unwell('health() threw')
  }
}

function unwell(why: string): Health {
  return {
    ok: false,
    waitingFor: { what: 'caller', untilMs: undefined, why },
    remedy: 'mend the health() of that part',
  }
}
