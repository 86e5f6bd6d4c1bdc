import { expect, test } from 'vitest'
import { ibkrMaintenanceWindows, maintenanceAt } from '../../src/session/maintenance.ts'

test.each<[string, string, string | undefined]>([
  ['midnight in New York, winter', '2026-01-07T05:00:00Z', 'nightly-reset'],
  ['01:00 in New York, winter', '2026-01-07T06:00:00Z', 'nightly-reset'],
  ['01:00 in New York, summer', '2026-07-08T05:00:00Z', 'nightly-reset'],
  ['five minutes before midnight in New York', '2026-01-07T04:55:00Z', 'nightly-reset'],
  ['six minutes before', '2026-01-07T04:54:00Z', undefined],
  ['00:25 in New York', '2026-01-07T05:25:00Z', undefined],
  ['01:24 in New York', '2026-01-07T06:24:00Z', 'nightly-reset'],
  ['02:00 in New York', '2026-01-07T07:00:00Z', undefined],
  ['01:00 in Zurich, summer', '2026-07-07T23:00:00Z', 'nightly-reset'],
  ['01:00 in Hong Kong', '2026-01-07T17:00:00Z', 'nightly-reset'],
  ['Saturday 16:59 in New York', '2026-01-10T21:59:00Z', undefined],
  ['Saturday 17:00 in New York', '2026-01-10T22:00:00Z', 'saturday'],
  ['Sunday 03:59 in New York', '2026-01-11T08:59:00Z', 'saturday'],
  ['Sunday 04:00 in New York', '2026-01-11T09:00:00Z', undefined],
  ['Friday 18:00 in New York', '2026-01-09T23:30:00Z', undefined],
  ['the night in which New York skips an hour, a Saturday', '2026-03-08T07:30:00Z', 'saturday'],
  ['a working afternoon in New York', '2026-01-07T19:00:00Z', undefined],
])('%s', (_, at, expected) => {
  expect(maintenanceAt(ibkrMaintenanceWindows, Date.parse(at))).toBe(expected)
})

test('a calendar of your own takes its place', () => {
  const windows = [
    { kind: 'saturday', timeZone: 'UTC', days: [3], startMinute: 60, durationMinutes: 1 },
  ] as const
  expect(maintenanceAt(windows, Date.parse('2026-01-07T01:00:30Z'))).toBe('saturday')
  expect(maintenanceAt(windows, Date.parse('2026-01-07T01:01:00Z'))).toBeUndefined()
  expect(maintenanceAt([], 0)).toBeUndefined()
})
