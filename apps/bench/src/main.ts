import process from 'node:process'
import { benchAccounts } from './accounts.ts'
import { benchImport } from './import.ts'
import { describeMachine, describeVersions } from './machine.ts'
import { installPeers } from './peers.ts'
import { sumOf } from './quiet.ts'
import type { Results } from './results.ts'
import { benchScale } from './scale.ts'
import { benchSize } from './size.ts'
import { runStage } from './stage.ts'
import { judgeTargets } from './targets.ts'
import { writeResults } from './write-results.ts'

const started = Date.now()

/** Says on standard error what is being measured, and how long that took. */
async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
  const start = Date.now()
  process.stderr.write(`${name} ... `)
  const result = await work()
  process.stderr.write(`${((Date.now() - start) / 1000).toFixed(1)} s\n`)
  return result
}

await step('peers', async () => installPeers())
const computing = [
  await step('signing and handshakes', () => runStage('signing')),
  await step('JWTs', () => runStage('JWTs', { onOneCore: true })),
]
const onAllCores = await step('JWTs on all cores', () => runStage('JWTs on all cores'))
const transport = await step('requests', () => runStage('requests'))
const verification = await step('verification', () => runStage('verification'))
const imports = await step('imports', benchImport)
const accounts = await step('1,000 accounts', benchAccounts)
const scale = await step('idle sessions', benchScale)
const sizes = await step('sizes', benchSize)

const results: Results = {
  date: new Date(started).toISOString(),
  machine: describeMachine(),
  versions: describeVersions(),
  durationSeconds: (Date.now() - started) / 1000,
  disturbance: sumOf(computing.map(({ disturbance }) => disturbance)),
  tables: [
    ...computing.flatMap(({ tables }) => tables),
    ...onAllCores,
    ...transport,
    ...verification,
    imports,
  ],
  sizes,
  accounts,
  scale,
}

process.stdout.write(await writeResults(results))
const missed = judgeTargets(results).filter(({ met }) => !met)
process.stderr.write(
  missed.length === 0 ? 'All targets are met.\n' : `${missed.length} targets are not met.\n`,
)
