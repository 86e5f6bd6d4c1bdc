import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { peersFolder, peerVersions } from './peers.ts'

/** Installs the peers, unless the folder has these very versions already. No install script runs. */
export function installPeers(): void {
  const wanted = JSON.stringify({ private: true, dependencies: peerVersions })
  const done = `${peersFolder}installed.json`
  if (existsSync(done) && readFileSync(done, 'utf8') === wanted) return
  mkdirSync(peersFolder, { recursive: true })
  writeFileSync(`${peersFolder}package.json`, wanted)
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const how = { cwd: peersFolder, stdio: 'inherit', shell: process.platform === 'win32' } as const
  if (spawnSync('npm', args, how).status !== 0)
    throw new Error('npm could not install the peers; its output is above')
  writeFileSync(done, wanted)
}
