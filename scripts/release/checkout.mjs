// A throwaway clone of what is committed, ready to be versioned and packed.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { git, pnpm } from '../run.mjs'
import { publishedPackages, root } from '../workspace.mjs'

/**
 * Clones HEAD, installs by the lockfile and builds the packages. The clone gets a history of its own: changesets looks
 * up when its files were added, and never finds the end of a history that was cut off.
 */
export async function cloneAndBuild(folder) {
  await git(['clone', '--quiet', '--no-tags', '--depth=1', pathToFileURL(root).href, folder])
  rmSync(join(folder, '.git'), { recursive: true, force: true })
  await git(['init', '--quiet', '--initial-branch=main'], { cwd: folder })
  await git(['config', 'user.name', 'dry run'], { cwd: folder })
  await git(['config', 'user.email', 'dry-run@localhost'], { cwd: folder })
  await commitAll(folder, 'As committed')
  await pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { cwd: folder })
  await pnpm(['run', 'build', '--filter=./packages/*'], { cwd: folder })
}

export const commitAll = async (folder, message) => {
  await git(['add', '--all'], { cwd: folder })
  await git(['commit', '--quiet', '--no-verify', '--allow-empty', '--message', message], { cwd: folder })
}

export const pendingChangesets = (folder) =>
  readdirSync(join(folder, '.changeset')).filter((name) => name.endsWith('.md') && name !== 'README.md')

/** Short name to version. */
export const versionsIn = (folder) =>
  Object.fromEntries(
    publishedPackages(folder).map(({ shortName, manifest }) => [shortName, manifest.version]),
  )
