// `pnpm release:dry-run`: a whole release on a throwaway clone of what is committed: everything that is pending becomes
// versions, is packed, published to a registry on loopback, installed by strangers. Nothing leaves the machine but
// downloads of third-party packages.
import assert from 'node:assert/strict'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { git, node, pnpm } from '../run.mjs'
import { installStranger, inTemporaryFolder, packAll } from '../stranger.mjs'
import { publishedPackages, readJson, root, specifiersOf } from '../workspace.mjs'
import { startLoopbackRegistry } from './loopback-registry.mjs'
import { publishNew } from './publish.mjs'
import { versionPackages } from './version-packages.mjs'

const registry = await startLoopbackRegistry()
try {
  await inTemporaryFolder('release', rehearse)
  console.log('The release is ready to be made.')
} finally {
  registry.close()
}

async function rehearse(folder) {
  const clone = join(folder, 'clone')
  const npmrc = join(folder, 'npmrc')
  writeFileSync(npmrc, registry.npmrc)
  const flags = ['--userconfig', npmrc, '--no-provenance']
  await step('cloned, built, what is pending became versions', () => cloneAndVersion(clone))
  const packed = await step('packed: the build and its papers, nothing else', () =>
    packAndCheck(folder, clone),
  )
  const names = Object.keys(packed)
  await step(`published to a registry on loopback, once: ${names.join(', ')}`, async () => {
    const published = await publishNew(packed, { checkout: clone, flags })
    assert.deepEqual(published.map(({ shortName }) => shortName).sort(), names.sort())
    assert.deepEqual(await publishNew(packed, { checkout: clone, flags }), [])
  })
  await step("a stranger's project installs from the registry, and imports every entry", async () => {
    const stranger = join(folder, 'from-registry')
    const others = Object.fromEntries(names.map((name) => [`@ibkr-auth/${name}`, 'latest']))
    await installStranger(stranger, packed, [], { others, flags })
    await importAll(stranger, clone)
  })
  await step("a stranger's project installs from the tarballs, and imports every entry", async () => {
    const stranger = join(folder, 'from-tarballs')
    await installStranger(stranger, packed, names)
    await importAll(stranger, clone)
  })
}

async function step(name, action) {
  const result = await action()
  console.log(`✓ ${name}`)
  return result
}

/** The clone gets a history of its own: changesets never finds the end of a history that was cut off. */
async function cloneAndVersion(clone) {
  await git(['clone', '--quiet', '--no-tags', '--depth=1', pathToFileURL(root).href, clone])
  rmSync(join(clone, '.git'), { recursive: true, force: true })
  await git(['init', '--quiet', '--initial-branch=main'], { cwd: clone })
  await git(['add', '--all'], { cwd: clone })
  const author = ['-c', 'user.name=dry run', '-c', 'user.email=dry-run@localhost']
  await git([...author, 'commit', '--quiet', '--no-verify', '--message', 'As committed'], { cwd: clone })
  await pnpm(['install', '--frozen-lockfile', '--prefer-offline'], { cwd: clone })
  await pnpm(['run', 'build', '--filter=./packages/*'], { cwd: clone })
  await versionPackages(clone)
}

async function packAndCheck(folder, clone) {
  const packed = await packAll(join(folder, 'tarballs'), clone)
  for (const [name, { files }] of Object.entries(packed)) {
    const papers = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']
    const others = files.filter((file) => !file.startsWith('dist/'))
    assert.deepEqual(others.sort(), papers, `${name} packs other files than its build and ${papers}`)
  }
  return packed
}

/** Imports each entry of each package, and sees that there is one copy of it, in the version that was released. */
async function importAll(stranger, clone) {
  const { packages } = readJson(join(stranger, 'package-lock.json'))
  const specifiers = publishedPackages(clone).flatMap(({ manifest }) => {
    const copies = Object.entries(packages).filter(([path]) => path.endsWith(`/${manifest.name}`))
    const versions = copies.map(([, { version }]) => version)
    assert.deepEqual(versions, [manifest.version], `${manifest.name} is installed as ${versions}`)
    const installed = readJson(join(stranger, 'node_modules', manifest.name, 'package.json'))
    assert.doesNotMatch(
      JSON.stringify(installed),
      /"(?:workspace|catalog):/,
      `${manifest.name}: unresolved range`,
    )
    return specifiersOf(installed)
  })
  const file = join(stranger, 'import.mjs')
  writeFileSync(file, specifiers.map((specifier) => `import '${specifier}'\n`).join(''))
  await node([file], { cwd: stranger })
}
