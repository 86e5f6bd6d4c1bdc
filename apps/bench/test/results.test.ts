import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { duration, figure, formatReport, formatTable, type Results, readmeBlock } from '../src/report.ts'

const read = (path: string): string =>
  readFileSync(new URL(`../${path}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n')
const results: Results = JSON.parse(read('results/latest.json'))
const { readBlock } = await import(new URL('../../../scripts/marked-block.mjs', import.meta.url).href)

it("publishes what was measured, in the report and in the README's table, and no peer was wrong", () => {
  expect(read('REPORT.md')).toBe(formatReport(results))
  expect(readBlock(read('../../README.md'), 'bench')).toBe(readmeBlock(results))
  expect(results.tables.flatMap(({ rows }) => rows).filter(({ wrong }) => wrong !== undefined)).toEqual([])
})

it('shows ratios with quartiles, times in their unit, further figures, and what was wrong', () => {
  const ratio = { low: 1.5, median: 2, high: 250 }
  const ours = { name: 'a', kind: 'ours', medianNs: 2_500, ratio, more: { latencyMs: 0.0123 } } as const
  const peer = { name: 'b', kind: 'peer', wrong: 'b: bad' } as const
  const text = formatTable({ id: 'x', title: 'Title', note: 'Note.', rounds: 5, rows: [ours, peer] })
  expect(text).toContain('| a | 2.00 (1.50–250) | 2.50 µs | 400,000 | 0.012 |')
  expect(text).toContain('| b | b: bad | – | – | – |')
  expect([0.00037, 0.1234, 12.34, 1234.5].map(figure)).toEqual(['0.00037', '0.12', '12.3', '1,235'])
  expect([31, 1500, 2_500_000, 3e9].map(duration)).toEqual(['31.0 ns', '1.50 µs', '2.50 ms', '3.00 s'])
})
