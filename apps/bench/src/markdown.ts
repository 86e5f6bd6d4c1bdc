/** A Markdown table; columns of figures are aligned right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const figures = (column: number): boolean => rows.every((cells) => /^(\**\d|–)/.test(cells[column] ?? ''))
  const rule = head.map((_, column) => (figures(column) ? '---:' : '---'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}

/** A figure with about three significant digits. */
export function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–'
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  return value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** A time in the unit that suits it. */
export function duration(ns: number | undefined): string {
  if (ns === undefined) return '–'
  if (ns < 1e6) return `${figure(ns / 1e3)} µs`
  return ns < 1e9 ? `${figure(ns / 1e6)} ms` : `${figure(ns / 1e9)} s`
}

/** A share as a percentage. */
export function percentage(share: number): string {
  return `${(share * 100).toFixed(1)} %`
}
