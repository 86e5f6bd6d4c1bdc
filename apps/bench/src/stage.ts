import { execFile, spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { benchJwts, benchJwtsOnAllCores, benchSigning } from './computing.ts'
import { benchTransport } from './transport.ts'
import { benchVerification } from './verification.ts'

/** What is measured in the process that sends or computes: each in a process of its own, untouched by what ran before. */
const stages = {
  signing: benchSigning,
  JWTs: benchJwts,
  'JWTs on all cores': benchJwtsOnAllCores,
  requests: benchTransport,
  verification: benchVerification,
} as const

type Stages = typeof stages
type Found<Name extends keyof Stages> = Awaited<ReturnType<Stages[Name]>>

// The engine would throw compiled code away that was not used for a while, and between two rounds there is a while.
const nodeArgs = ['--no-flush-bytecode']

const run = promisify(execFile)
const program = fileURLToPath(new URL('stage.js', import.meta.url))

/**
 * Runs a stage in a process of its own.
 *
 * @param onOneCore - Keeps all its threads on one core, where the system has `taskset`.
 */
export async function runStage<Name extends keyof Stages>(
  name: Name,
  { onOneCore = false } = {},
): Promise<Found<Name>> {
  const node = [process.execPath, ...nodeArgs, program, name]
  const [command = '', ...args] = onOneCore && canPin() ? [...pin, ...node] : node
  const { stdout } = await run(command, args, { maxBuffer: 64 * 1024 * 1024 })
  return JSON.parse(stdout) as Found<Name>
}

const pin = ['taskset', '-c', '0'] as const

function canPin(): boolean {
  const [command, ...args] = pin
  return spawnSync(command, [...args, 'true']).status === 0
}

if (process.argv[1] === program) {
  const [, , name] = process.argv
  const found = await stages[name as keyof Stages]()
  process.stdout.write(JSON.stringify(found))
}
