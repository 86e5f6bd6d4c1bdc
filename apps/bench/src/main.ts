import { parseArgs } from 'node:util'
import type { Table } from './harness.ts'
import { installPeers } from './install-peers.ts'
import { formatTable, writeResults } from './report.ts'
import { startProgram } from './servers/program.ts'

// Measures all, or what `--only header,session` names, and prints it. A whole run is written down too. Each group of tables is
// measured in a process that nothing else ran in: this program once more, with `--measure`.

const groups: Readonly<Record<string, () => Promise<Table[]>>> = {
  header: async () => (await import('./tables/header.ts')).measureHeaders(),
  handshake: async () => (await import('./tables/exchange.ts')).measureExchanges(),
  assertion: async () => (await import('./tables/assertion.ts')).measureAssertions(),
  session: async () => (await import('./tables/session.ts')).measureSessions(),
  channels: async () => (await import('./tables/channels.ts')).measureChannels(),
  stream: async () => (await import('./tables/stream.ts')).measureStreams(),
  sandbox: async () => (await import('./tables/sandbox.ts')).measureSandbox(),
  'first-use': async () => (await import('./tables/first-use.ts')).measureFirstUse(),
}
const options = { only: { type: 'string' }, measure: { type: 'string' } } as const
const { only, measure } = parseArgs({ options }).values
// A group ends with the program that wants it.
process.once('disconnect', () => process.exit(1))
if (measure !== undefined) process.send?.(await groups[measure]?.(), () => process.exit(0))
else await measureAll(only?.split(',') ?? Object.keys(groups))

async function measureAll(names: readonly string[]): Promise<void> {
  for (const name of names)
    if (!groups[name]) throw new Error(`there is no ${name}; there are ${Object.keys(groups).join(', ')}`)
  installPeers()
  const start = performance.now()
  const tables: Table[] = []
  for (const name of names) tables.push(...(await measureGroup(name)))
  process.stdout.write(`${tables.map(formatTable).join('\n\n')}\n`)
  if (only === undefined) await writeResults(tables, (performance.now() - start) / 1000)
}

async function measureGroup(name: string): Promise<Table[]> {
  const start = performance.now()
  const { hello } = await startProgram<Table[]>('../main', '--measure', name)
  process.stderr.write(`${name}: ${((performance.now() - start) / 1000).toFixed(1)} s\n`)
  return hello
}
