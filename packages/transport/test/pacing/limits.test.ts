import { createLimitMatcher, ibkrPacingLimits } from '@ibkr-auth/internal/pacing-limits'
import { expect, test } from 'vitest'

const limitOf = createLimitMatcher(ibkrPacingLimits)

/** IBKR Web API documentation, "Pacing Limitations", row by row: method, path, requests, milliseconds, at once. */
const documented: readonly [string, string, readonly [number, number][], number?][] = [
  ['GET', '/fyi/unreadnumber', [[1, 1_000]]],
  ['GET', '/fyi/settings', [[1, 1_000]]],
  ['GET', '/fyi/deliveryoptions', [[1, 1_000]]],
  ['GET', '/fyi/notifications', [[1, 1_000]]],
  ['GET', '/fyi/notifications/more', [[1, 1_000]]],
  ['POST', '/fyi/settings/BA', [[1, 1_000]]],
  ['POST', '/fyi/deliveryoptions/device', [[1, 1_000]]],
  ['GET', '/fyi/disclaimer/BA', [[1, 1_000]]],
  ['PUT', '/fyi/disclaimer/BA', [[1, 1_000]]],
  ['PUT', '/fyi/deliveryoptions/email', [[1, 1_000]]],
  ['PUT', '/fyi/notifications/123', [[1, 1_000]]],
  ['DELETE', '/fyi/deliveryoptions/1', [[1, 1_000]]],
  ['GET', '/iserver/account/orders', [[1, 5_000]]],
  ['GET', '/iserver/orders', [[1, 5_000]]],
  ['GET', '/iserver/account/trades', [[1, 5_000]]],
  ['GET', '/iserver/trades', [[1, 5_000]]],
  ['GET', '/iserver/account/pnl/partitioned', [[1, 5_000]]],
  ['GET', '/iserver/marketdata/snapshot', [[10, 1_000]]],
  [
    'GET',
    '/iserver/marketdata/history',
    [
      [10, 1_000],
      [50, 60_000],
    ],
    5,
  ],
  ['GET', '/iserver/scanner/params', [[1, 900_000]]],
  ['POST', '/iserver/scanner/run', [[1, 1_000]]],
  ['POST', '/pa/performance', [[1, 900_000]]],
  ['POST', '/pa/summary', [[1, 900_000]]],
  ['POST', '/pa/transactions', [[1, 900_000]]],
  ['GET', '/portfolio/accounts', [[1, 5_000]]],
  ['GET', '/portfolio/subaccounts', [[1, 5_000]]],
  ['GET', '/sso/validate', [[1, 60_000]]],
  ['GET', '/tickle', [[1, 1_000]]],
  ['POST', '/tickle', [[1, 1_000]]],
]

test.each(documented)('%s %s is limited as documented', (method, path, windows, concurrent) => {
  const limit = limitOf(method, path)
  expect(limit?.windows.map((window) => [window.requests, window.intervalMs])).toEqual(windows)
  expect(limit?.concurrent).toBe(concurrent)
})

test('every entry of the table is one of the documented rows', () => {
  const found = new Set(documented.map(([method, path]) => limitOf(method, path)))
  expect(found.size).toBe(ibkrPacingLimits.length)
})

test.each([
  ['another method', 'POST', '/iserver/account/trades'],
  ['a longer path', 'GET', '/iserver/account/orders/1'],
  ['a shorter path', 'GET', '/iserver/account'],
  ['no template for a deeper path', 'POST', '/fyi/settings/a/b'],
])('%s has no limit of its own', (_, method, path) => {
  expect(limitOf(method, path)).toBeUndefined()
})

test('query, fragment and trailing slash do not make another endpoint', () => {
  for (const path of ['/tickle?x=1', '/tickle/', '/tickle#x']) {
    expect(limitOf('POST', path)).toBe(limitOf('POST', '/tickle'))
  }
})

test('a literal path goes before a template, and two paths of one entry share it', () => {
  expect(limitOf('PUT', '/fyi/deliveryoptions/email')?.paths).toEqual(['/fyi/deliveryoptions/email'])
  expect(limitOf('GET', '/iserver/orders')).toBe(limitOf('GET', '/iserver/account/orders'))
})
