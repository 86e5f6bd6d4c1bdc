import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('the README quotes the figure that was measured, and where', () => {
  const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')
  const figures = JSON.parse(read('measurements/idle-sessions.json'))
  const kilobytes = (figures.heapBytesPerSession.brokerageOpen / 1_000).toFixed(1)
  const quoted = `about ${kilobytes} kB of heap (10,000 sessions on Node ${figures.node.slice(1)};`
  expect(read('README.md')).toContain(quoted)
  expect(figures.sessions).toBe(10_000)
  expect(figures.runtimeTimersOfAllSessions).toBe(1)
})
