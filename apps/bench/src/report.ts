import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import type { Row, Spread, Table } from './harness.ts'
import { peerVersions } from './peers.ts'

/** Everything that one run found, as `results/latest.json` holds it; `date` is the day of the run, UTC. */
export type Results = Readonly<{ date: string; seconds: number; machine: string; tables: readonly Table[] }>

function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** About three significant digits. */
export function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en-US')
  if (value >= 10) return value.toFixed(1)
  return value >= 0.095 ? value.toFixed(2) : value.toPrecision(2)
}

function spread({ low, median, high }: Spread): string {
  return `${figure(median)} (${figure(low)}–${figure(high)})`
}

export function duration(ns: number): string {
  const step = Math.min(Math.floor(Math.log10(Math.max(ns, 1)) / 3), 3)
  return `${figure(ns / 1000 ** step)} ${['ns', 'µs', 'ms', 's'][step]}`
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

/** The text of REPORT.md. */
export function formatReport({ date, seconds, machine, tables }: Results): string {
  const peers = Object.entries(peerVersions).map((pair) => pair.join(' '))
  const written = `Written by \`pnpm bench\` on ${date} in ${seconds} s; [README.md](README.md) says how it measures. Do not edit.`
  const parts = ['# Benchmark report', written, `${machine}; ${peers.join(', ')}.`]
  return `${[...parts, ...tables.map(formatTable)].join('\n\n')}\n`
}

/** What stands between the marks of the repository's README: of each table the floor, our first row and the peers. */
export function readmeBlock({ date, machine, tables }: Results): string {
  const cells = tables.map(({ title, rows }) => {
    const own = rows.find(({ kind }) => kind === 'ours')
    if (own?.ratio === undefined) throw new Error(`${title} has no figures`)
    const peers = rows.filter(({ kind, ratio }) => kind === 'peer' && ratio)
    const others = peers.map(({ name, ratio }) => `${name} ${figure(ratio?.median ?? Number.NaN)}`)
    return [title, rows[0]?.name ?? '', own.name, spread(own.ratio), others.join(', ') || '–']
  })
  return [
    'Time as a multiple of the bare operations that the work cannot do without, measured side by side in one run; lower is better, quartiles in brackets.',
    markdownTable(['work', 'floor = 1', 'ours', 'times the floor', 'others'], cells),
    `\`pnpm bench\` measures it again in under three minutes (this run: ${date}, ${machine}). ` +
      'How, and all that was measured: [apps/bench](apps/bench/README.md), [report](apps/bench/REPORT.md).',
  ].join('\n\n')
}

const bench = new URL('../', import.meta.url)

/** Writes `results/latest.json`, and from it `REPORT.md` and the table of the repository's README. */
export async function writeResults(tables: readonly Table[], seconds: number): Promise<void> {
  const machine = `${cpus().length} cores ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`
  const measured = { date: new Date().toISOString().slice(0, 10), seconds, machine, tables }
  // Four significant digits are more than any of this is good for.
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value
  const json = `${JSON.stringify(measured, rounded, 1)}\n`
  const results: Results = JSON.parse(json)
  mkdirSync(new URL('results', bench), { recursive: true })
  writeFileSync(new URL('results/latest.json', bench), json)
  writeFileSync(new URL('REPORT.md', bench), formatReport(results))
  const readme = new URL('../../README.md', bench)
  const { replaceBlock } = await import(new URL('../../scripts/marked-block.mjs', bench).href)
  const page: string | undefined = replaceBlock(readFileSync(readme, 'utf8'), 'bench', readmeBlock(results))
  if (page === undefined) throw new Error('the README has no block named bench')
  writeFileSync(readme, page)
}
