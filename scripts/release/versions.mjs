// `pnpm version-packages`: takes the changesets into versions and changelogs, and the lockfile after them.
import { join } from 'node:path'
import { node, pnpm } from '../run.mjs'
import { root } from '../workspace.mjs'

/** Applies the pending changesets of a checkout. */
export async function versionPackages(checkout = root) {
  const changesets = join(checkout, 'node_modules', '@changesets', 'cli', 'bin.js')
  await node([changesets, 'version'], { cwd: checkout })
  await pnpm(['install', '--lockfile-only'], { cwd: checkout })
}
