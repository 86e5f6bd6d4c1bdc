import type { Row, Table } from '../harness/candidate.ts'
import type { Spread } from '../harness/statistics.ts'

/** A Markdown table; columns of figures are aligned right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const figures = (column: number): boolean => rows.every((cells) => /^(\**\d|–)/.test(cells[column] ?? ''))
  const rule = head.map((_, column) => (figures(column) ? '---:' : '---'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

/** About three significant digits. */
export function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  if (value >= 10) return value.toFixed(1)
  return value >= 0.095 ? value.toFixed(2) : value.toPrecision(2)
}

/** The median, and in brackets the quartiles. */
export function spread({ low, median, high }: Spread): string {
  return `${figure(median)} (${figure(low)}–${figure(high)})`
}

/** A time in the unit that suits it. */
export function duration(ns: number): string {
  const units = ['ns', 'µs', 'ms', 's']
  const step = Math.min(Math.floor(Math.log10(Math.max(ns, 1)) / 3), 3)
  return `${figure(ns / 1000 ** step)} ${units[step]}`
}

/** A table with its title and note. */
export function formatTable({ title, note, rounds, rows }: Table): string {
  const extra = Object.keys(rows.find(({ more }) => more)?.more ?? {})
  const head = ['', 'times the floor (quartiles)', 'median', 'a second', ...extra]
  const cells = rows.map((row) => [row.name, ...figures(row, extra)])
  return [`## ${title}`, '', `${note} ${rounds} rounds.`, '', markdownTable(head, cells)].join('\n')
}

function figures({ ratio, medianNs, more, wrong }: Row, extra: readonly string[]): string[] {
  if (ratio === undefined || medianNs === undefined) return [wrong ?? '–', ...['–', '–', ...extra].fill('–')]
  const rest = extra.map((name) => (more?.[name] === undefined ? '–' : figure(more[name])))
  return [spread(ratio), duration(medianNs), figure(1e9 / medianNs), ...rest]
}
