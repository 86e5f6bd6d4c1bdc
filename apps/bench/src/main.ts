import process from 'node:process'
import { benchAccounts } from './accounts.ts'
import { compareHandshakes } from './handshake.ts'
import { measureTogether } from './harness.ts'
import { benchImport } from './import.ts'
import { compareJwts } from './jwt.ts'
import { describeMachine, describeVersions } from './machine.ts'
import { installPeers } from './peers.ts'
import { QuietGate } from './quiet.ts'
import type { Results } from './results.ts'
import { benchScale } from './scale.ts'
import { compareSigning } from './signing.ts'
import { benchSize } from './size.ts'
import { judgeTargets } from './targets.ts'
import { benchTransport } from './transport.ts'
import { benchVerification } from './verification.ts'
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

// What it may take to repeat what the machine's neighbours disturbed.
const gate = new QuietGate(60_000)

await step('peers', async () => installPeers())
const transport = await step('requests', benchTransport)
const verification = await step('verification', benchVerification)
const computing = await step('signing, handshakes and JWTs', async () => {
  const comparisons = [...(await compareSigning()), ...(await compareHandshakes()), ...(await compareJwts())]
  return measureTogether(comparisons, 7, gate.pass)
})
const imports = await step('imports', benchImport)
const accounts = await step('1,000 accounts', benchAccounts)
const scale = await step('idle sessions', benchScale)
const sizes = await step('sizes', benchSize)

const results: Results = {
  date: new Date(started).toISOString(),
  machine: describeMachine(),
  versions: describeVersions(),
  durationSeconds: (Date.now() - started) / 1000,
  disturbance: gate.disturbance,
  tables: [...computing, ...transport, ...verification, imports],
  sizes,
  accounts,
  scale,
}

process.stdout.write(await writeResults(results))
const missed = judgeTargets(results).filter(({ met }) => !met)
process.stderr.write(
  missed.length === 0 ? 'All targets are met.\n' : `${missed.length} targets are not met.\n`,
)
