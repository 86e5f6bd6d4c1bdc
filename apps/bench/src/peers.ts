import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { cacheFolder } from './paths.ts'

/** The libraries that ours are measured against, exactly these versions, installed outside the workspace. */
export const peerVersions = {
  'oauth-1.0a': '2.2.6',
  'oauth1-signature': '1.0.5',
  'ibkr-client': '1.0.4',
  jsonwebtoken: '9.0.3',
  got: '14.6.5',
  axios: '1.21.1',
  'node-forge': '1.4.3',
} as const

export type PeerName = keyof typeof peerVersions

const folder = join(cacheFolder, 'peers')
const requireFromPeers = createRequire(join(folder, 'package.json'))

/** Installs the peers, unless the folder holds these very versions already. No install script runs. */
export function installPeers(): void {
  if (allPresent()) return
  mkdirSync(folder, { recursive: true })
  const manifest = { private: true, dependencies: peerVersions }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const npm = spawnSync('npm', args, {
    cwd: folder,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: onWindows,
  })
  if (npm.status !== 0 || !allPresent())
    throw new Error('npm could not install the peers; its output stands above')
}

const onWindows = process.platform === 'win32'

function allPresent(): boolean {
  return Object.entries(peerVersions).every(([name, version]) => installedVersion(name) === version)
}

function installedVersion(name: string): string | undefined {
  const manifest = peerPath(`${name}/package.json`)
  if (!existsSync(manifest)) return undefined
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }
  return version
}

/** Where a file of a peer lies. */
export function peerPath(path: string): string {
  return join(folder, 'node_modules', path)
}

/** Loads a peer as a CommonJS program would. */
export function requirePeer<T>(name: PeerName): T {
  return requireFromPeers(name) as T
}

/** Loads a peer that is only an ES module. */
export async function importPeer<T>(name: PeerName, entry: string): Promise<T> {
  return (await import(pathToFileURL(peerPath(`${name}/${entry}`)).href)) as T
}

/** What a CommonJS program's `require` resolves a peer to. */
export function resolvePeer(name: PeerName): string {
  return requireFromPeers.resolve(name)
}
