import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { peersFolder, peerVersions } from './peers.ts'

/** Installs the peers, unless the folder holds these very versions already. No install script runs. */
export function installPeers(): void {
  if (allPresent()) return
  mkdirSync(peersFolder, { recursive: true })
  writeFileSync(`${peersFolder}package.json`, JSON.stringify({ private: true, dependencies: peerVersions }))
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const shell = process.platform === 'win32'
  const npm = spawnSync('npm', args, { cwd: peersFolder, stdio: ['ignore', 'inherit', 'inherit'], shell })
  if (npm.status !== 0 || !allPresent())
    throw new Error('npm could not install the peers; its output is above')
}

function allPresent(): boolean {
  return Object.entries(peerVersions).every(([name, version]) => {
    const manifest = `${peersFolder}node_modules/${name}/package.json`
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version
  })
}
