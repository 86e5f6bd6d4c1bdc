import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { type Contestant, measure, type Table } from '../harness.ts'
import { assertionWays } from '../ways/assertion.ts'
import { exchangeWays } from '../ways/exchange.ts'
import { firstHmac, headerWays } from '../ways/header.ts'
import { plainGet } from '../ways/inputs.ts'
import type { Judge, Way } from '../ways/way.ts'
import { assertionKey, judgeAssertion } from './assertion.ts'
import { exchangeMaterial, judgeExchange } from './exchange.ts'
import { judgeHeader } from './header.ts'

const note =
  'In a new process, from the start of the import to the first answer: load, read keys, work once; files in the cache of the ' +
  'system. Floor: import node:crypto and make one HMAC.'

export async function measureFirstUse(): Promise<Table[]> {
  const [exchange, key] = [exchangeMaterial(1), assertionKey()]
  const [floor] = firstUses('header', { firstHmac }, 'text', (hex) =>
    assert.match(String(hex), /^[0-9a-f]{64}$/),
  )
  const first = (id: string, what: string, all: Contestant[]): Promise<Table> =>
    measure({ id, title: `First ${what} of a process`, note, rounds: 7 }, floor ? [floor, ...all] : [])
  const headers = firstUses('header', { headerWays }, plainGet, judgeHeader(plainGet))
  const exchanges = firstUses('exchange', { exchangeWays }, exchange, judgeExchange(exchange))
  const assertions = firstUses('assertion', { assertionWays }, key, judgeAssertion(key))
  return [
    await first('first-header', 'header', headers),
    await first('first-exchange', 'live session token', exchanges),
    await first('first-assertion', 'client assertion', assertions),
  ]
}

/** @param lists - Ways, by what their file calls them. */
function firstUses<Material>(
  file: string,
  lists: Readonly<Record<string, readonly Way<Material>[]>>,
  material: Material,
  judge: Judge,
): Contestant[] {
  const [[list, ways] = ['', []]] = Object.entries(lists)
  const probe = fileURLToPath(new URL('first-use-probe.js', import.meta.url))
  const input = JSON.stringify(material)
  return ways.map(({ name, kind }, index): Contestant => {
    const args = [probe, `../ways/${file}.js`, list, String(index)]
    const sample = async (): Promise<number> => {
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { input, encoding: 'utf8' })
      assert.equal(status, 0, stderr)
      const { answer, ns } = JSON.parse(stdout) as { answer: unknown; ns: number }
      await judge(answer, name)
      return ns
    }
    return { name, kind, prepare: sample, sample }
  })
}
