import { expect, it } from 'vitest'
import { runProgram } from './run-program.ts'

// Three brokerage sessions take their time to settle, as IBKR's do.

it('the demo signs in in three ways, is refused once, agrees with the worked example, and streams', async () => {
  const { exitCode, stdout } = await runProgram(['--json'])
  expect(exitCode).toBe(0)
  const { comparisons, steps, refused, live, good } = JSON.parse(stdout)
  expect(good).toBe(true)
  expect(comparisons.length).toBeGreaterThan(5)
  expect(refused).toMatchObject({ status: 401, remedy: expect.any(String) })
  expect(live.quotes).toBeGreaterThan(0)
  expect(live.statuses).toEqual({
    entry: ['Submitted', 'Filled'],
    target: ['PreSubmitted', 'Submitted', 'Filled'],
    stop: ['PreSubmitted', 'Cancelled'],
  })
  const paths = steps.map(({ path }: { path: string }) => path)
  for (const path of [
    '/v1/api/oauth/access_token',
    '/gw/api/v1/sso-sessions',
    '/v1/api/oauth/live_session_token',
  ])
    expect(paths).toContain(path)
  expect(stdout).not.toMatch(/eyJ[\w-]+\.eyJ|OAuth realm=|Bearer /)
})
