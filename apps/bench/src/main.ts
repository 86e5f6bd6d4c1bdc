import process from 'node:process'
import { parseArgs } from 'node:util'
import type { Table } from './harness/candidate.ts'
import { installPeers } from './peers/install.ts'
import { formatTable } from './report/markdown.ts'
import { describeMachine } from './report/results.ts'
import { writeResults } from './report/write.ts'
import { startProgram } from './servers/program.ts'
import { groups } from './tables/all.ts'

// Measures all, or what `--only header,session` names, and prints it. A whole run is written down too.

const { only } = parseArgs({ options: { only: { type: 'string' } } }).values
const known = Object.keys(groups)
const wanted = only?.split(',') ?? known
const unknown = wanted.filter((name) => !known.includes(name))
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}; there are ${known.join(', ')}`)

const started = Date.now()
installPeers()
const tables: Table[] = []
for (const name of wanted) {
  const start = Date.now()
  const group = await startProgram<Table[]>('../measure-group', name)
  await group.stop()
  tables.push(...group.hello)
  process.stderr.write(`${name}: ${((Date.now() - start) / 1000).toFixed(1)} s\n`)
}
process.stdout.write(`${tables.map(formatTable).join('\n\n')}\n`)
if (only === undefined) {
  const seconds = (Date.now() - started) / 1000
  await writeResults({ date: new Date(started).toISOString(), ...describeMachine(), seconds, tables })
}
