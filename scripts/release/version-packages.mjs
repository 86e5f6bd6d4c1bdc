// `pnpm version-packages`: takes the changesets into versions and changelogs, and the lockfile after them.
import { join } from 'node:path'
import process from 'node:process'
import { node, pnpm } from '../run.mjs'
import { root } from '../workspace.mjs'

/** Applies the pending changesets of a checkout. */
export async function versionPackages(checkout) {
  await node([join(checkout, 'node_modules/@changesets/cli/bin.js'), 'version'], { cwd: checkout })
  await pnpm(['install', '--lockfile-only'], { cwd: checkout })
}

if (import.meta.filename === process.argv[1]) await versionPackages(root)
