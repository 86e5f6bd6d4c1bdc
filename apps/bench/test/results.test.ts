import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { duration, figure, formatTable } from '../src/report/markdown.ts'
import { formatReport, type Results, readmeBlock } from '../src/report/results.ts'

const read = (path: string): string =>
  readFileSync(new URL(`../${path}`, import.meta.url), 'utf8').replaceAll('\r\n', '\n')
const results = JSON.parse(read('results/latest.json')) as Results

const { readBlock } = await import(new URL('../../../scripts/marked-block.mjs', import.meta.url).href)

describe('what is published', () => {
  it('is what was measured: the report', () => {
    expect(read('REPORT.md')).toBe(formatReport(results))
  })

  it("is what was measured: the README's table", () => {
    expect(readBlock(read('../../README.md'), 'bench')).toBe(readmeBlock(results))
  })

  it('is a whole run, and one in which no peer was wrong', () => {
    expect(() => readmeBlock({ ...results, tables: results.tables.slice(1) })).toThrow('there is no figure')
    expect(results.tables.flatMap(({ rows }) => rows).filter(({ wrong }) => wrong !== undefined)).toEqual([])
  })
})

describe('a table', () => {
  it('shows ratios with quartiles, times in their unit, further figures, and what was wrong', () => {
    const ratio = { low: 1.5, median: 2, high: 250 }
    const rows = [
      { name: 'a', kind: 'ours', medianNs: 2_500, ratio, more: { latencyMs: 0.0123 } },
      { name: 'b', kind: 'peer', wrong: 'b: bad' },
    ] as const
    const text = formatTable({ id: 'x', title: 'Title', note: 'Note.', rounds: 5, rows })
    expect(text).toContain('| a | 2.00 (1.50–250) | 2.50 µs | 400,000 | 0.012 |')
    expect(text).toContain('| b | b: bad | – | – | – |')
  })

  it('has figures of three digits, and times in the unit that suits them', () => {
    expect([0.00037, 0.1234, 12.34, 1234.5].map(figure)).toEqual(['0.00037', '0.12', '12.3', '1,235'])
    expect([31, 1500, 2_500_000, 3e9].map(duration)).toEqual(['31.0 ns', '1.50 µs', '2.50 ms', '3.00 s'])
  })
})
