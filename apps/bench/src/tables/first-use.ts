import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { Contestant, Table } from '../harness/candidate.ts'
import { measure } from '../harness/measure.ts'
import { assertionWork } from '../judges/assertion.ts'
import { exchangeWork } from '../judges/exchange.ts'
import { headerWork } from '../judges/header.ts'
import { plainGet } from '../ways/inputs.ts'
import type { Work } from '../ways/way.ts'

const note =
  'In a new process, from the start of the import to the first answer: load, read keys, work once; files in the cache of the ' +
  'system. Floor: the same operations of node:crypto, its import included.'

export async function measureFirstUse(): Promise<Table[]> {
  return [
    await measureFirst('header', 'header', headerWork(plainGet)),
    await measureFirst('exchange', 'live session token', exchangeWork(1)),
    await measureFirst('assertion', 'client assertion', assertionWork()),
  ]
}

async function measureFirst<Material>(kind: string, what: string, work: Work<Material>): Promise<Table> {
  const input = JSON.stringify(work.material)
  const contestants = work.ways.map((way, index): Contestant => {
    const sample = async (): Promise<number> => {
      const { answer, ns } = firstUse([kind, String(index)], input)
      await work.judge(way, answer)
      return ns
    }
    return { name: way.name, kind: way.kind, prepare: sample, sample }
  })
  const unlike = contestants.filter(({ name }) => !name.endsWith('portable'))
  return measure({
    id: `first-${kind}`,
    title: `First ${what} of a process`,
    note,
    contestants: unlike,
    rounds: 9,
  })
}

interface FirstUse {
  readonly answer: unknown
  readonly ns: number
}

function firstUse(args: readonly string[], input: string): FirstUse {
  const stdio = ['pipe', 'pipe', 'inherit'] as const
  const probe = fileURLToPath(new URL('first-use-probe.js', import.meta.url))
  const { status, stdout } = spawnSync(process.execPath, [probe, ...args], {
    input,
    encoding: 'utf8',
    stdio: [...stdio],
  })
  if (status !== 0) throw new Error(`the probe ended with ${status}`)
  return JSON.parse(stdout) as FirstUse
}
