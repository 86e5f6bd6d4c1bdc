import { execFile } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { median } from './statistics.ts'

/** Live session tokens for many accounts of one platform, by one way. */
export interface AccountsResult {
  readonly name: string
  /** How many accounts were done; a slow way does fewer, and its total is scaled up. */
  readonly sampled: number
  /** For 1,000 accounts. */
  readonly totalMs: number
  /** Longest time for which nothing else had a turn. */
  readonly longestBlockMs: number
  /** By how much the resident memory rose at its peak. */
  readonly peakGrowthMb: number
  /** The total as a multiple of the bare operations'. */
  readonly ratio: number
}

/** What the probe prints. */
export interface AccountsProbe {
  readonly totalMs: number
  readonly longestBlockMs: number
  readonly peakGrowthMb: number
}

const ways = [
  { name: 'bare OpenSSL operations', way: 'bare', sampled: 1000 },
  { name: 'both packages, async exchange', way: 'async', sampled: 1000 },
  { name: 'both packages, plain exchange', way: 'plain', sampled: 1000 },
  { name: 'ibkr-client', way: 'ibkr-client', sampled: 15 },
] as const

export type AccountsWay = (typeof ways)[number]['way']

const run = promisify(execFile)
const probe = fileURLToPath(new URL('accounts-probe.js', import.meta.url))

/** Each way in a process of its own, in turn, twice; the mean counts. */
export async function benchAccounts(rounds = 2): Promise<AccountsResult[]> {
  const found = new Map<string, AccountsProbe[]>(ways.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const { name, way, sampled } of ways) {
      const { stdout } = await run(process.execPath, [probe, way, String(sampled)])
      found.get(name)?.push(JSON.parse(stdout) as AccountsProbe)
    }
  }
  const total = ({ name, sampled }: (typeof ways)[number]): number =>
    (median((found.get(name) ?? []).map(({ totalMs }) => totalMs)) * 1000) / sampled
  return ways.map((way) => {
    const probes = found.get(way.name) ?? []
    return {
      name: way.name,
      sampled: way.sampled,
      totalMs: total(way),
      longestBlockMs: median(probes.map(({ longestBlockMs }) => longestBlockMs)),
      peakGrowthMb: median(probes.map(({ peakGrowthMb }) => peakGrowthMb)),
      ratio: total(way) / total(ways[0]),
    }
  })
}
