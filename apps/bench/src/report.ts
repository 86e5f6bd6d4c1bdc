import type { Difference } from './agreement.ts'
import type { Row, Table } from './candidate.ts'
import { duration, figure, markdownTable, percentage } from './markdown.ts'
import type { Disturbance } from './quiet.ts'
import type { Results } from './results.ts'
import { summaryTable } from './summary.ts'
import { judgeTargets, peersAhead, type Target } from './targets.ts'

/** A run that this one can be compared with. */
export interface EarlierRun {
  readonly date: string
  readonly differences: readonly Difference[]
}

/** How far two runs may be apart in a compute row. */
export const tolerance = 0.15

/** The whole report, as Markdown. */
export function formatReport(results: Results, earlier: EarlierRun | undefined): string {
  return [
    '# Benchmark report',
    '',
    ...introduction(results),
    '## In short',
    '',
    'Time as a multiple of the floor; lower is better.',
    '',
    summaryTable(results),
    '',
    ...targetSection(results),
    ...results.tables.flatMap(tableSection),
    ...accountsSection(results),
    ...scaleSection(results),
    ...sizeSection(results),
    ...agreementSection(earlier),
    ...versionSection(results),
  ].join('\n')
}

function introduction({ date, machine, durationSeconds, disturbance }: Results): string[] {
  return [
    `Written by \`pnpm bench\` on ${date.slice(0, 16).replace('T', ' ')} UTC in ${Math.round(durationSeconds)} s. Do not edit; run it again.`,
    '',
    `Machine: ${machine.cores} cores ${machine.cpu}, ${machine.memoryGb} GB, ${machine.system}; Node ${machine.node}, OpenSSL ${machine.openssl}.`,
    '',
    'All candidates of a table and their floor take turns within each of at least five rounds. A time is the median over the rounds, a ' +
      'ratio the median over the rounds of the ratio to the floor of the same round: compare ratios, times are those of this machine. A candidate ' +
      'whose answer is wrong gets no figure. JWTs are measured on one core unless the title says otherwise. [README.md](README.md) says what the rows mean.',
    '',
    disturbanceLine(disturbance),
    '',
  ]
}

function disturbanceLine({ measured, repeated, takenDisturbed }: Disturbance): string {
  return (
    'A slice of computing work counts if a fixed piece of work took no longer than usual before and after it, so that it is the machine at full speed ' +
    `that is measured, not its neighbours: of ${measured} slices ${repeated} were done again, and ${takenDisturbed} were taken although disturbed.`
  )
}

function targetSection(results: Results): string[] {
  const targets = judgeTargets(results)
  const met = targets.filter((target) => target.met).length
  const ahead = peersAhead(results)
  return [
    '## Targets',
    '',
    `${met} of ${targets.length} met.`,
    '',
    markdownTable(['target', 'wanted', 'measured', ''], targets.map(targetRow)),
    '',
    ...(ahead.length > 0 ? ['Peers that are ahead of us:', '', ...ahead.map((line) => `- ${line}`), ''] : []),
  ]
}

function targetRow({ text, sense, limit, measured, met }: Target): string[] {
  return [text, `${sense} ${limit}`, figure(measured), met ? 'met' : '**not met**']
}

export function tableSection({ title, note, rows }: Table): string[] {
  const more = [...new Set(rows.flatMap((row) => Object.keys(row.more ?? {})))]
  const head = ['', 'kind', 'times the floor', 'median', ...more.map((key) => columnNames[key] ?? key)]
  return [
    '',
    `## ${title}`,
    '',
    note,
    '',
    markdownTable(
      head,
      rows.map((row) => cells(row, more)),
    ),
    '',
  ]
}

const columnNames: Readonly<Record<string, string>> = {
  requestsPerSecond: 'requests/s',
  p50Ms: 'p50, ms',
  p99Ms: 'p99, ms',
}

function cells({ name, kind, ratio, medianNs, disqualified, more }: Row, keys: readonly string[]): string[] {
  if (disqualified !== undefined) return [name, kind, 'wrong answer', '–', ...keys.map(() => '–')]
  return [name, kind, figure(ratio), duration(medianNs), ...keys.map((key) => figure(more?.[key]))]
}

function accountsSection({ accounts }: Results): string[] {
  const rows = accounts.map(({ name, sampled, ratio, totalMs, longestBlockMs, peakGrowthMb }) => [
    sampled < 1000 ? `${name} (${sampled} accounts, scaled up)` : name,
    figure(ratio),
    duration(totalMs * 1e6),
    `${figure(longestBlockMs)} ms`,
    `${figure(peakGrowthMb)} MB`,
  ])
  return [
    '',
    '## Live session tokens for 1,000 accounts',
    '',
    'One process, one consumer, an access token secret per account, all begun at once; each way in a process of its own.',
    '',
    markdownTable(
      ['', 'times the floor', 'total', 'longest block of the event loop', 'memory at its peak'],
      rows,
    ),
    '',
  ]
}

function scaleSection({ scale }: Results): string[] {
  const rows = scale.map(
    ({ sessions, kilobytesPerSession, runtimeTimers, ticklesPerMinute, shareOfCore }) => [
      sessions.toLocaleString('en-US'),
      `${figure(kilobytesPerSession)} kB`,
      figure(runtimeTimers),
      figure(ticklesPerMinute),
      percentage(shareOfCore),
    ],
  )
  return [
    '',
    '## Idle sessions',
    '',
    'Sessions with an open brokerage session against a server in memory, on a simulated clock: a signed `tickle` about every minute each.',
    '',
    markdownTable(
      ['sessions', 'memory per session', 'runtime timers in all', 'tickles per minute', 'share of one core'],
      rows,
    ),
    '',
  ]
}

function sizeSection({ sizes }: Results): string[] {
  const rows = sizes.map(({ name, kind, platform, minifiedBytes, gzippedBytes }) => [
    name,
    kind,
    platform,
    `${figure(gzippedBytes / 1000)} kB`,
    `${figure(minifiedBytes / 1000)} kB`,
  ])
  return [
    '',
    '## Size',
    '',
    'Bundled and minified by esbuild with everything they import, gzipped. Bundles for Node leave its built-in modules out.',
    '',
    markdownTable(['', 'kind', 'for', 'gzipped', 'minified'], rows),
    '',
  ]
}

function agreementSection(earlier: EarlierRun | undefined): string[] {
  const head = ['', '## Agreement with the run before', '']
  if (!earlier) return [...head, 'There was no earlier run of the same versions on the same machine.', '']
  const { differences, date } = earlier
  const agreeing = (key: 'inMedian' | 'inRatio'): number =>
    differences.filter((difference) => difference[key] <= tolerance).length
  const rows = differences
    .slice(0, 5)
    .map(({ table, row, inMedian, inRatio }) => [
      `${table}: ${row}`,
      percentage(inMedian),
      percentage(inRatio),
    ])
  return [
    ...head,
    `Against the run of ${date.slice(0, 16).replace('T', ' ')} UTC, ${agreeing('inMedian')} of ${differences.length} compute rows agree on ` +
      `the median time within ${percentage(tolerance)}, and ${agreeing('inRatio')} on the ratio to the floor. The largest differences:`,
    '',
    markdownTable(['row', 'in the median time', 'in the ratio'], rows),
    '',
  ]
}

function versionSection({ versions }: Results): string[] {
  const rows = Object.entries(versions).map(([name, version]) => [name, version])
  return ['', '## Versions', '', markdownTable(['package', 'version'], rows), '']
}
