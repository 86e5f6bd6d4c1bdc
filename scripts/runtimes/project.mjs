// The project that all runtimes run: the three protocol packages from their tarballs, and the suite.
import { appendFileSync, cpSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { installStranger } from '../alone/stranger.mjs'
import { packAll } from '../pack/pack.mjs'
import { root } from '../workspace.mjs'

export const protocolPackages = ['oauth1-signing', 'dh-live-session-token', 'sso-jwt']

/** Packs, installs with npm, and copies the suite beside it. */
export async function prepareProject(folder) {
  const packed = await packAll(join(folder, 'tarballs'))
  const tarballs = Object.fromEntries(protocolPackages.map((name) => [name, packed[name]]))
  await installStranger(folder, tarballs)
  for (const part of ['runtimes/suite', 'vectors']) {
    cpSync(join(root, 'scripts', part), join(folder, part), { recursive: true })
  }
  for (const name of protocolPackages)
    for (const side of ['node', 'portable']) markPrimitives(folder, name, side)
}

/** Adds one line to an installed file, by which it says that it was loaded; the same on every runtime and in bundles. */
function markPrimitives(folder, name, side) {
  const entry = side === 'node' ? 'node/index.js' : 'index.js'
  const file = join(folder, 'node_modules', '@ibkr-auth', name, 'dist', entry)
  if (!existsSync(file)) throw new Error(`${name} has no dist/${entry} in its tarball`)
  appendFileSync(file, `\n;((globalThis.ibkrAuthPrimitives ??= {})['${name}'] ??= []).push('${side}')\n`)
}
