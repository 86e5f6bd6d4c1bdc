import type { Row, Table } from './candidate.ts'
import { figure, markdownTable } from './markdown.ts'
import type { Results } from './results.ts'

interface Line {
  readonly work: string
  readonly table: string
  readonly floor: string
}

const lines: readonly Line[] = [
  { work: 'Authorization header, GET without query', table: 'signing-get', floor: 'bare HMAC-SHA256' },
  { work: 'Authorization header, five query parameters', table: 'signing-query', floor: 'bare HMAC-SHA256' },
  { work: 'Authorization header, eight form fields', table: 'signing-form', floor: 'bare HMAC-SHA256' },
  { work: 'Live session token, keys prepared', table: 'handshake-warm', floor: 'bare OpenSSL operations' },
  { work: 'Live session token, from PEM files', table: 'handshake-cold', floor: 'bare OpenSSL operations' },
  { work: 'Client assertion, one core', table: 'assertion-16', floor: 'bare RSA signature' },
  { work: 'Client assertion, all cores', table: 'assertion-16-all-cores', floor: 'bare RSA signature' },
  { work: 'Signed request, one at a time', table: 'transport-1', floor: 'bare `undici.request`' },
  { work: 'Signed request, 64 at a time', table: 'transport-64', floor: 'bare `undici.request`' },
  { work: 'First import of `oauth1-signing`', table: 'import', floor: '`node:crypto`' },
]

/** The main table of the README: ratios only. */
export function summaryTable(results: Results): string {
  const rows = lines.flatMap(({ work, table, floor }) => {
    const found = results.tables.find(({ id }) => id === table)
    return found ? [[work, floor, ours(found), ...peers(found)]] : []
  })
  return markdownTable(['work', 'floor = 1', 'ibkr-auth', 'ibkr-client', 'other packages'], rows)
}

function ours({ rows }: Table): string {
  return `**${figure(rows.find(({ kind }) => kind === 'ours')?.ratio)}**`
}

function peers({ rows }: Table): [ibkrClient: string, others: string] {
  const all = rows.filter(({ kind }) => kind === 'peer')
  const client = all.find(({ name }) => name === 'ibkr-client')
  const others = all.filter((row) => row !== client)
  return [client ? ratio(client) : '–', others.map((row) => `${row.name} ${ratio(row)}`).join(', ') || '–']
}

function ratio(row: Row): string {
  return row.ratio === undefined ? 'wrong answer' : figure(row.ratio)
}

/** What stands between the README's marks: the table and how to get it. */
export function readmeBlock(results: Results): string {
  const { machine, date } = results
  return [
    'Time as a multiple of the bare operations it cannot do without, measured side by side in one run; lower is better.',
    '',
    summaryTable(results),
    '',
    `\`pnpm bench\` measures all of it again in under five minutes (this table: ${date.slice(0, 10)}, Node ${machine.node}, ${machine.cores} cores ${machine.cpu}). ` +
      'What the rows mean and everything else that was measured: [apps/bench](apps/bench/README.md), [report](apps/bench/REPORT.md).',
  ].join('\n')
}
