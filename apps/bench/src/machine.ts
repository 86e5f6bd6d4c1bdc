import { readFileSync } from 'node:fs'
import { arch, cpus, platform, release, totalmem } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { benchFolder } from './paths.ts'
import { peerVersions } from './peers.ts'

export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGb: number
  readonly system: string
  readonly node: string
  readonly openssl: string
}

export function describeMachine(): Machine {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'unknown',
    cores: all.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()} ${release()}`,
    node: process.versions.node,
    openssl: process.versions.openssl,
  }
}

const measured = [
  '@ibkr-auth/oauth1-signing',
  '@ibkr-auth/dh-live-session-token',
  '@ibkr-auth/sso-jwt',
  '@ibkr-auth/transport',
  '@ibkr-auth/sandbox',
  'undici',
  'jose',
  'hono',
  '@hono/node-server',
]

/** What was measured, exactly. */
export function describeVersions(): Record<string, string> {
  const workspace = measured.map((name) => [name, versionOf(name)] as const)
  return { ...Object.fromEntries(workspace), ...peerVersions }
}

function versionOf(name: string): string {
  const manifest = readFileSync(join(benchFolder, 'node_modules', name, 'package.json'), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
