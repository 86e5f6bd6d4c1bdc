// A project outside the workspace that knows our packages from their tarballs only.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { npm } from '../run.mjs'

/** An empty folder outside the workspace, so that nothing of ours is found by walking up. */
export async function temporaryFolder(name) {
  const parent = await realpath(tmpdir())
  const folder = mkdtempSync(join(parent, `ibkr-auth-${name}-`))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }) }
}

/** Writes a manifest that depends on the tarballs and installs it with npm. */
export async function installStranger(folder, tarballs, others = {}) {
  mkdirSync(folder, { recursive: true })
  const ours = Object.entries(tarballs).map(([shortName, path]) => [
    `@ibkr-auth/${shortName}`,
    `file:${path.replaceAll('\\', '/')}`,
  ])
  const manifest = {
    name: 'stranger',
    version: '1.0.0',
    private: true,
    type: 'module',
    dependencies: { ...Object.fromEntries(ours), ...others },
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
  await npm(['install', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: folder })
}
