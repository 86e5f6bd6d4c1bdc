import { checkCount, invalidInput } from '../checks.ts'

/** Which of IBKR's regular interruptions is meant. */
export type MaintenanceKind = 'daily-reset' | 'weekend'

/** A span of local time in which IBKR resets sessions or is away. */
export interface MaintenanceWindow {
  readonly kind: MaintenanceKind
  /** IANA name of the time zone that the times are in. */
  readonly timeZone: string
  /** Days on which it begins, 0 for Sunday. Default: every day. */
  readonly days?: readonly number[] | undefined
  /** Minutes after local midnight at which it begins. */
  readonly startMinute: number
  /** How long it lasts, in minutes; may run past midnight. */
  readonly durationMinutes: number
}

const minutesPerDay = 1_440

const america = 'America/New_York'
const europe = 'Europe/Zurich'
const asia = 'Asia/Hong_Kong'

/** `[time zone, begins, ends]` in local time. */
type DailySpan = readonly [timeZone: string, begins: string, ends: string]

/** From IBKR's system status page (2026): every day. */
const fromStatusPage: readonly DailySpan[] = [
  [america, '00:15', '01:45'],
  [europe, '06:25', '07:45'],
  [asia, '04:45', '06:05'],
  [asia, '20:15', '21:15'],
]

/** IBKR's Web API pages say midnight here and 01:00 there, in each region: half an hour at each, from five minutes before. */
const fromApiPages: readonly DailySpan[] = [america, europe, asia].flatMap((zone): DailySpan[] => [
  [zone, '23:55', '00:25'],
  [zone, '00:55', '01:25'],
])

/**
 * IBKR's calendar, for all three regions, since which one serves an account is not published. The weekend is Friday 23:00 to Saturday
 * 03:00 in New York on the status page; earlier pages name Saturday evening, taken as 17:00 to 04:00 there.
 * The calendar says what a failure may be; nothing is refused or delayed because of it.
 */
export const ibkrMaintenanceWindows: readonly MaintenanceWindow[] = [
  { kind: 'weekend', timeZone: america, days: [5], startMinute: 23 * 60, durationMinutes: 4 * 60 },
  { kind: 'weekend', timeZone: america, days: [6], startMinute: 17 * 60, durationMinutes: 11 * 60 },
  ...[...fromStatusPage, ...fromApiPages].map(dailyWindow),
]

function dailyWindow([timeZone, begins, ends]: DailySpan): MaintenanceWindow {
  const startMinute = minuteOf(begins)
  const durationMinutes = (minuteOf(ends) - startMinute + minutesPerDay) % minutesPerDay
  return { kind: 'daily-reset', timeZone, startMinute, durationMinutes }
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** Makes sure that a calendar can be read. */
export function checkMaintenance(given: readonly MaintenanceWindow[]): readonly MaintenanceWindow[] {
  if (given === ibkrMaintenanceWindows) return given
  if (!Array.isArray(given)) throw invalidInput('maintenance must be a list of windows')
  const windows = given.map(copyWindow)
  for (const [index, { kind, timeZone, days, startMinute, durationMinutes }] of windows.entries()) {
    const name = `maintenance[${index}]`
    checkCount(`${name}.startMinute`, startMinute, 0)
    checkCount(`${name}.durationMinutes`, durationMinutes, 1)
    if (durationMinutes > 7 * minutesPerDay)
      throw invalidInput(`${name}.durationMinutes must be at most a week`)
    if (kind !== 'daily-reset' && kind !== 'weekend')
      throw invalidInput(`${name}.kind must be 'daily-reset' or 'weekend'`)
    if (startMinute >= minutesPerDay)
      throw invalidInput(`${name}.startMinute must be a minute of the day, from 0 to 1439`)
    if (days?.some((day: unknown) => !Number.isInteger(day) || Number(day) < 0 || Number(day) > 6)) {
      throw invalidInput(`${name}.days must be numbers from 0 (Sunday) to 6`)
    }
    checkTimeZone(`${name}.timeZone`, timeZone)
  }
  return windows
}

/** What is read later is then what was checked. */
function copyWindow(window: MaintenanceWindow | undefined | null, index: number): MaintenanceWindow {
  if (typeof window !== 'object' || window === null)
    throw invalidInput(`maintenance[${index}] must be a window`)
  const { kind, timeZone, days, startMinute, durationMinutes } = window
  if (days !== undefined && !Array.isArray(days))
    throw invalidInput(`maintenance[${index}].days must be a list of days`)
  return { kind, timeZone, days: days && [...days], startMinute, durationMinutes }
}

function checkTimeZone(name: string, timeZone: string): void {
  try {
    formatterOf(timeZone)
  } catch (cause) {
    throw invalidInput(`${name} must be the IANA name of a time zone, like America/New_York`, cause)
  }
}

/**
 * The window that `atMs` (milliseconds since 1970) falls in, the first of the list if several do.
 *
 * @throws {TransportError} `ERR_TRANSPORT_INVALID_INPUT` for windows that cannot be meant.
 */
export function maintenanceAt(
  windows: readonly MaintenanceWindow[],
  atMs: number,
): MaintenanceKind | undefined {
  return kindAt(checkMaintenance(windows), atMs)
}

/** The same of windows that have been checked. */
export function kindAt(windows: readonly MaintenanceWindow[], atMs: number): MaintenanceKind | undefined {
  if (!(Math.abs(atMs) <= latestMs)) return undefined
  return windows.find((window) => covers(window, localTime(window.timeZone, atMs)))?.kind
}

/** The end of time, as dates have it. */
const latestMs = 8.64e15

interface LocalTime {
  readonly day: number
  readonly minute: number
}

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
