import { readFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import type { Table } from '../harness/candidate.ts'
import { peerVersions } from '../peers/peers.ts'
import { figure, formatTable, markdownTable } from './markdown.ts'

export interface Machine {
  readonly machine: string
  /** Exact versions of the runtime and of what ours is measured against, by name. */
  readonly versions: Readonly<Record<string, string>>
}

/** Everything that one run found, as `results/latest.json` holds it. */
export interface Results extends Machine {
  /** ISO 8601, UTC. */
  readonly date: string
  readonly seconds: number
  readonly tables: readonly Table[]
}

export function describeMachine(): Machine {
  const { node = '', openssl = '' } = process.versions
  const machine = `${cpus().length} cores ${cpus()[0]?.model.trim() ?? ''}, ${platform()} ${arch()}`
  return {
    machine,
    versions: { node, openssl, undici: versionOf('undici'), jose: versionOf('jose'), ...peerVersions },
  }
}

function versionOf(name: string): string {
  const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url)
  return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version
}

/** The text of REPORT.md. */
export function formatReport({ date, seconds, machine, versions, tables }: Results): string {
  const exact = Object.entries(versions).map((pair) => pair.join(' '))
  const written = `Written by \`pnpm bench\` on ${date.slice(0, 10)} in ${seconds} s. Do not edit; run it again.`
  const how = '[README.md](README.md) says how it measures.'
  const parts = ['# Benchmark report', `${written} ${how}`, `${machine}; ${exact.join(', ')}.`]
  return `${[...parts, ...tables.map(formatTable)].join('\n\n')}\n`
}

/** Lines of the README's table: what, its floor, the table, our row in it. */
const lines = [
  ['Authorization header, GET without query', 'bare HMAC-SHA256', 'header-get', 'oauth1-signing'],
  ['Authorization header, five query parameters', 'bare HMAC-SHA256', 'header-query', 'oauth1-signing'],
  ['Authorization header, eight form fields', 'bare HMAC-SHA256', 'header-form', 'oauth1-signing'],
  ['Live session token, keys prepared', 'bare OpenSSL', 'handshake', 'both packages, keys prepared'],
  ['Live session token, from PEM', 'bare OpenSSL', 'handshake', 'both packages, from PEM'],
  ['Client assertion, one at a time', 'bare RSA signature', 'assertion-1', 'sso-jwt'],
  ['Client assertion, 16 in flight', 'bare RSA signature', 'assertion-16', 'sso-jwt'],
  ['Request through a session, one at a time', 'bare `undici.request`', 'session-1', 'session, OAuth 1.0a'],
  ['Request through a session, 64 at a time', 'bare `undici.request`', 'session-64', 'session, OAuth 1.0a'],
  ['Market data frame, 10 subscriptions', 'bare `ws`, `JSON.parse`', 'stream-10', 'streaming'],
  ['Market data frame, 1,000 subscriptions', 'bare `ws`, `JSON.parse`', 'stream-1000', 'streaming'],
  ['First header of a process, import and all', '`node:crypto`', 'first-header', 'oauth1-signing'],
  ['First client assertion of a process', '`node:crypto`', 'first-assertion', 'sso-jwt'],
] as const

/** What stands between the marks of the repository's README. */
export function readmeBlock({ date, machine, versions, tables }: Results): string {
  const rows = lines.map(([work, floor, id, name]) => {
    const found = tables.find((table) => table.id === id)?.rows ?? []
    const own = found.find((row) => row.name === name)?.ratio
    if (own === undefined) throw new Error(`there is no figure for ${name} in ${id}`)
    const peers = found.flatMap((row) =>
      row.kind === 'peer' && row.ratio ? [`${row.name} ${figure(row.ratio.median)}`] : [],
    )
    return [
      work,
      floor,
      `**${figure(own.median)}** (${figure(own.low)}–${figure(own.high)})`,
      peers.join(', ') || '–',
    ]
  })
  return [
    'Time as a multiple of the bare operations that the work cannot do without, measured side by side in one run; lower is better, quartiles in brackets.',
    markdownTable(['work', 'floor = 1', 'ibkr-auth', 'others'], rows),
    `\`pnpm bench\` measures it again in under three minutes (this run: ${date.slice(0, 10)}, Node ${versions.node}, ${machine}). ` +
      'How, and all that was measured: [apps/bench](apps/bench/README.md), [report](apps/bench/REPORT.md).',
  ].join('\n\n')
}
