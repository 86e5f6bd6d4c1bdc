import { expect, test } from 'vitest'
import {
  checkMaintenance,
  ibkrMaintenanceWindows,
  type MaintenanceWindow,
  maintenanceAt,
} from '../../src/session/maintenance.ts'

test.each<[string, string, string | undefined]>([
  ['midnight in New York, winter', '2026-01-07T05:00:00Z', 'daily-reset'],
  ['01:00 in New York, winter', '2026-01-07T06:00:00Z', 'daily-reset'],
  ['01:00 in New York, summer', '2026-07-08T05:00:00Z', 'daily-reset'],
  ['five minutes before midnight in New York', '2026-01-07T04:55:00Z', 'daily-reset'],
  ['six minutes before', '2026-01-07T04:54:00Z', undefined],
  ['01:44 in New York', '2026-01-07T06:44:00Z', 'daily-reset'],
  ['01:45 in New York', '2026-01-07T06:45:00Z', undefined],
  ['06:25 in Zurich, summer', '2026-07-07T04:25:00Z', 'daily-reset'],
  ['07:45 in Zurich, winter', '2026-01-07T06:45:00Z', undefined],
  ['04:45 in Hong Kong', '2026-01-07T20:45:00Z', 'daily-reset'],
  ['21:14 in Hong Kong', '2026-01-07T13:14:00Z', 'daily-reset'],
  ['21:15 in Hong Kong', '2026-01-07T13:15:00Z', undefined],
  ['Friday 23:00 in New York', '2026-01-10T04:00:00Z', 'weekend'],
  ['Saturday 03:00 in New York', '2026-01-10T08:00:00Z', undefined],
  ['01:24 in New York', '2026-01-07T06:24:00Z', 'daily-reset'],
  ['02:00 in New York', '2026-01-07T07:00:00Z', undefined],
  ['01:00 in Zurich, summer', '2026-07-07T23:00:00Z', 'daily-reset'],
  ['01:00 in Hong Kong', '2026-01-07T17:00:00Z', 'daily-reset'],
  ['Saturday 16:59 in New York, when Hong Kong resets', '2026-01-10T21:59:00Z', 'daily-reset'],
  ['Saturday 17:00 in New York', '2026-01-10T22:00:00Z', 'weekend'],
  ['Sunday 03:59 in New York', '2026-01-11T08:59:00Z', 'weekend'],
  ['Sunday 04:00 in New York', '2026-01-11T09:00:00Z', undefined],
  ['Friday 18:00 in New York', '2026-01-09T23:30:00Z', undefined],
  ['the night in which New York skips an hour, a Saturday', '2026-03-08T07:30:00Z', 'weekend'],
  ['a working afternoon in New York', '2026-01-07T19:00:00Z', undefined],
])('%s', (_, at, expected) => {
  expect(maintenanceAt(ibkrMaintenanceWindows, Date.parse(at))).toBe(expected)
})

test('a calendar of your own takes its place', () => {
  const windows = [
    { kind: 'weekend', timeZone: 'UTC', days: [3], startMinute: 60, durationMinutes: 1 },
  ] as const
  expect(maintenanceAt(windows, Date.parse('2026-01-07T01:00:30Z'))).toBe('weekend')
  expect(maintenanceAt(windows, Date.parse('2026-01-07T01:01:00Z'))).toBeUndefined()
  expect(maintenanceAt([], 0)).toBeUndefined()
})

test.each<[string, object]>([
  ['a time zone that does not exist', { timeZone: 'America/Gotham' }],
  ['a day too many', { days: [7] }],
  ['a minute after the day', { startMinute: 1_440 }],
  ['no length', { durationMinutes: 0 }],
])('a calendar with %s cannot be meant', (_, wrong) => {
  const window = { kind: 'weekend', timeZone: 'UTC', startMinute: 0, durationMinutes: 1, ...wrong }
  expect(() => checkMaintenance([window as MaintenanceWindow])).toThrow(/^maintenance\[0\]\./)
})

test.each([undefined, null, 'weekend', [null], [{ kind: 'weekend', timeZone: 'Nowhere' }]])(
  'maintenanceAt(%j) is refused by name',
  (windows) => {
    expect(() => maintenanceAt(windows as never, 0)).toThrow(
      expect.objectContaining({
        code: 'ERR_TRANSPORT_INVALID_INPUT',
        message: expect.stringContaining('maintenance'),
      }),
    )
  },
)
