/** Which of IBKR's regular interruptions is meant. */
export type MaintenanceKind = 'nightly-reset' | 'saturday'

/** A span of local time in which IBKR resets sessions or is away. */
export interface MaintenanceWindow {
  readonly kind: MaintenanceKind
  /** IANA name of the time zone that the times are in. */
  readonly timeZone: string
  /** Days on which it begins, 0 for Sunday. Default: every day. */
  readonly days?: readonly number[]
  /** Minutes after local midnight at which it begins. */
  readonly startMinute: number
  /** How long it lasts, in minutes; may run past midnight. */
  readonly durationMinutes: number
}

const newYork = 'America/New_York'

/** IBKR's pages say midnight here and 01:00 there: half an hour at each, from five minutes before. */
function nightlyResets(timeZone: string): MaintenanceWindow[] {
  return [23 * 60 + 55, 55].map((startMinute) => ({
    kind: 'nightly-reset',
    timeZone,
    startMinute,
    durationMinutes: 30,
  }))
}

/**
 * IBKR's calendar, for all three regions, since which one serves an account is not published. How long anything takes is not
 * published either; Saturday evening is IBKR's own wording (IBKR Web API overview), taken as 17:00 to 04:00 in New York.
 * The calendar says what a failure may be, and keeps a session that has worked from giving up; nothing is refused or delayed because of it.
 */
export const ibkrMaintenanceWindows: readonly MaintenanceWindow[] = [
  { kind: 'saturday', timeZone: newYork, days: [6], startMinute: 17 * 60, durationMinutes: 11 * 60 },
  ...[newYork, 'Europe/Zurich', 'Asia/Hong_Kong'].flatMap(nightlyResets),
]

/** The window that `atMs` (milliseconds since 1970) falls in, the first of the list if several do. */
export function maintenanceAt(
  windows: readonly MaintenanceWindow[],
  atMs: number,
): MaintenanceKind | undefined {
  return windows.find((window) => covers(window, localTime(window.timeZone, atMs)))?.kind
}

interface LocalTime {
  readonly day: number
  readonly minute: number
}

const minutesPerDay = 1_440

function covers(window: MaintenanceWindow, local: LocalTime): boolean {
  const sinceStart = local.minute - window.startMinute
  if (startsOn(window, local.day) && sinceStart >= 0) return sinceStart < window.durationMinutes
  const yesterday = (local.day + 6) % 7
  return startsOn(window, yesterday) && sinceStart + minutesPerDay < window.durationMinutes
}

function startsOn(window: MaintenanceWindow, day: number): boolean {
  return window.days === undefined || window.days.includes(day)
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** Formatters cost hundreds of microseconds to make and hold no secret. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function localTime(timeZone: string, atMs: number): LocalTime {
  const parts = new Map(
    formatterOf(timeZone)
      .formatToParts(atMs)
      .map(({ type, value }) => [type, value]),
  )
  const minute = Number(parts.get('hour')) * 60 + Number(parts.get('minute'))
  return { day: weekdays.indexOf(parts.get('weekday') ?? ''), minute }
}

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone)
  if (known !== undefined) return known
  const options = {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  } as const
  const formatter = new Intl.DateTimeFormat('en-US', options)
  formatters.set(timeZone, formatter)
  return formatter
}
