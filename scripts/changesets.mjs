// Part of `pnpm check`: whoever changes the source of a published package, or a file of `internal` that is bundled into it,
// owes the people who upgrade a changeset. What counts as changed is all since `main`.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import process from 'node:process'
import { git } from './run.mjs'
import { publishedPackages, root } from './workspace.mjs'

/**
 * @param changed - paths below the root, with `/`.
 * @param pending - names of the packages that a pending changeset is for.
 * @returns the packages that want a changeset, and the files because of which: `{ name, files }`.
 */
export function changesetsMissing(changed, pending, checkout = root) {
  return publishedPackages(checkout)
    .filter(({ manifest }) => !pending.has(manifest.name))
    .map(({ shortName, manifest }) => {
      const bundled = bundledBy(shortName, checkout)
      return { name: manifest.name, files: changed.filter((file) => bundled.has(file)) }
    })
    .filter(({ files }) => files.length > 0)
}

/** What a package is made of: its sources, those that were deleted included, and what these import of `internal`. */
function bundledBy(shortName, checkout) {
  const files = new Set()
  const add = (file) => {
    if (files.has(file)) return
    files.add(file)
    for (const imported of importsOf(file, checkout)) add(imported)
  }
  const own = `packages/${shortName}/src/`
  for (const file of readdirSync(join(checkout, own), { recursive: true }))
    if (file.endsWith('.ts')) add(own + file.replaceAll('\\', '/'))
  return { has: (file) => files.has(file) || file.startsWith(own) }
}

function importsOf(file, checkout) {
  const path = join(checkout, file)
  if (!existsSync(path)) return []
  const found = readFileSync(path, 'utf8').matchAll(
    /(?:from |import\()'(?:@ibkr-auth\/internal\/(.+?)|(\..+?))'/g,
  )
  return [...found].map(([, ofInternal, relative]) =>
    ofInternal ? `packages/internal/src/${ofInternal}.ts` : posix.join(posix.dirname(file), relative),
  )
}

/** Names of the packages that the pending changesets are for. */
export function pendingIn(folder) {
  const notes = readdirSync(folder).filter((file) => file.endsWith('.md') && file !== 'README.md')
  const heads = notes.map((file) => readFileSync(join(folder, file), 'utf8').split(/^---$/m)[1] ?? '')
  return new Set(heads.flatMap((head) => [...head.matchAll(/^["'](.+)["']:/gm)].map(([, name]) => name)))
}

/** All that differs from where this checkout left `main`, what is not committed yet included; undefined where it knows no `main`. */
async function changedSinceMain() {
  const base = (await leftAt('origin/main')) ?? (await leftAt('main'))
  if (base === undefined) return undefined
  const { stdout } = await git(['diff', '--name-only', base, '--', 'packages'], { cwd: root })
  return stdout.split('\n').filter(Boolean)
}

/** The last commit that this checkout has in common with a branch; undefined if there is none, or no such branch. */
async function leftAt(branch) {
  const { stdout } = await git(['merge-base', 'HEAD', branch], { cwd: root }).catch(() => ({ stdout: '' }))
  return stdout.trim() || undefined
}

if (import.meta.filename === process.argv[1]) {
  const changed = await changedSinceMain()
  if (changed === undefined)
    console.log('Changesets were not asked for: this checkout shares no commit with main.')
  const missing = changesetsMissing(changed ?? [], pendingIn(join(root, '.changeset')))
  for (const { name, files } of missing) console.error(`${name} wants a changeset, for ${files.join(', ')}`)
  if (missing.length > 0) process.exit(1)
}
