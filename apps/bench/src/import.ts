import { execFile } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { Kind, Row, Table } from './candidate.ts'
import { peerPath, resolvePeer } from './peers.ts'
import { median, medianRatio } from './statistics.ts'

const run = promisify(execFile)
const probe = fileURLToPath(new URL('import-probe.js', import.meta.url))

interface Entry {
  readonly name: string
  readonly kind: Kind
  readonly how: 'import' | 'require'
  readonly target: string
}

/** Each module in a process of its own, all modules in turn, again and again. */
export async function benchImport(rounds = 11): Promise<Table> {
  const all = entries()
  const times = new Map<Entry, number[]>(all.map((entry) => [entry, []]))
  for (const entry of all) await timeImport(entry)
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < all.length; turn++) {
      const entry = all[(turn + round) % all.length] as Entry
      times.get(entry)?.push(await timeImport(entry))
    }
  }
  const floor = times.get(all[0] as Entry) ?? []
  const rows = [...times].map(([{ name, kind }, ms]): Row => {
    const roundsNs = ms.map((value) => value * 1e6)
    return { name, kind, medianNs: median(roundsNs), ratio: medianRatio(ms, floor), roundsNs }
  })
  return {
    id: 'import',
    title: 'First import in a new process',
    note: 'From the start of the import to its end, files in the cache of the system. Floor: node:crypto.',
    compute: false,
    rows,
  }
}

function entries(): Entry[] {
  const ours = ['oauth1-signing', 'dh-live-session-token', 'sso-jwt', 'transport', 'sandbox'].map(
    (name): Entry => ({
      name,
      kind: 'ours',
      how: 'import',
      target: import.meta.resolve(`@ibkr-auth/${name}`),
    }),
  )
  return [
    { name: 'node:crypto', kind: 'floor', how: 'import', target: 'node:crypto' },
    ...ours,
    { name: 'jose/jwt/sign', kind: 'peer', how: 'import', target: import.meta.resolve('jose/jwt/sign') },
    { name: 'oauth-1.0a', kind: 'peer', how: 'import', target: urlOf(resolvePeer('oauth-1.0a')) },
    { name: 'node-forge', kind: 'peer', how: 'import', target: urlOf(resolvePeer('node-forge')) },
    { name: 'ibkr-client', kind: 'peer', how: 'require', target: resolvePeer('ibkr-client') },
    { name: 'axios', kind: 'peer', how: 'import', target: urlOf(peerPath('axios/index.js')) },
    { name: 'got', kind: 'peer', how: 'import', target: urlOf(peerPath('got/dist/source/index.js')) },
  ]
}

function urlOf(path: string): string {
  return pathToFileURL(path).href
}

async function timeImport({ how, target }: Entry): Promise<number> {
  const { stdout } = await run(process.execPath, [probe, how, target])
  const ms = Number(stdout)
  if (!(ms > 0)) throw new Error(`the import of ${target} printed ${stdout}`)
  return ms
}
