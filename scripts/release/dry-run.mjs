// `pnpm release:dry-run`: a whole release on a throwaway clone of what is committed: everything that is pending becomes
// versions, is packed, published to a registry on loopback, installed by strangers. Nothing leaves the machine but
// downloads of third-party packages. `--write` keeps the result.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { installStranger, temporaryFolder } from '../alone/stranger.mjs'
import { packAll } from '../pack/pack.mjs'
import { argumentsAndWrite, stamp, writeResults } from '../results.mjs'
import { node, npm } from '../run.mjs'
import { readJson } from '../workspace.mjs'
import { cloneAndBuild, commitAll, pendingChangesets, versionsIn } from './checkout.mjs'
import { startLoopbackRegistry } from './loopback-registry.mjs'
import { readTarball } from './packed-manifest.mjs'
import { publishNew } from './publish.mjs'
import { versionPackages } from './versions.mjs'

const { write } = argumentsAndWrite()
const said = []
let details = []
const { folder, remove } = await temporaryFolder('release')
const clone = join(folder, 'clone')
const registry = await startLoopbackRegistry()
const npmrc = join(folder, 'npmrc')
writeFileSync(npmrc, registry.npmrc)
const flags = ['--userconfig', npmrc, '--no-provenance']

try {
  await step('clone, install, build', () => cloneAndBuild(clone))
  await step('what is pending becomes versions', releasePending)
  const tarballs = await step('packed: ranges are resolved', packAndCheck)
  await step('published to a registry on loopback, once', () => publish(tarballs))
  await step("a stranger's project installs from the registry", installFromRegistry)
  await step("a stranger's project installs from the tarballs", () => installFromTarballs(tarballs))
  if (write) keep()
  say('The release is ready to be made.')
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
} finally {
  registry.close()
  remove()
}

function say(line) {
  said.push(line)
  console.log(line)
}

function keep() {
  const run = stamp()
  const content = `\`\`\`text\n${said.join('\n')}\n\`\`\`\n\nRun on ${run.date} with Node ${run.node}, ${run.system}.`
  writeResults('release', { ...run, said }, { page: 'docs/releases.md', content })
}

async function step(name, action) {
  details = []
  try {
    const result = await action()
    for (const line of [`✓ ${name}`, ...details]) say(line)
    return result
  } catch (error) {
    throw new Error(`✗ ${name}\n${error.stack}`)
  }
}

async function releasePending() {
  const pending = pendingChangesets(clone)
  const before = versionsIn(clone)
  await versionPackages(clone)
  await commitAll(clone, 'Version packages')
  const after = versionsIn(clone)
  const moved = Object.keys(after).filter((name) => after[name] !== before[name])
  assert.equal(pendingChangesets(clone).length, 0)
  assert.equal(moved.length > 0, pending.length > 0)
  for (const name of moved) details.push(`  ${name} ${before[name]} → ${after[name]}`)
}

async function packAndCheck() {
  const versions = versionsIn(clone)
  const tarballs = await packAll(join(folder, 'tarballs'), clone)
  for (const [name, path] of Object.entries(tarballs)) {
    const { manifest, files } = readTarball(path)
    assert.equal(manifest.version, versions[name])
    assert.ok(!JSON.stringify(manifest).includes('workspace:'), `${name} holds an unresolved range`)
    assert.ok(!JSON.stringify(manifest).includes('catalog:'), `${name} holds an unresolved range`)
    for (const [dependency, range] of Object.entries(manifest.dependencies ?? {})) {
      const sibling = /^@ibkr-auth\/(.*)$/.exec(dependency)?.[1]
      if (sibling) assert.equal(range, `^${versions[sibling]}`, `${name} wants ${dependency} ${range}`)
    }
    const entries = Object.values(manifest.exports)
      .flatMap((entry) => Object.values(entry))
      .filter((file) => /^\.\/dist\//.test(file))
    for (const file of [...entries.map((entry) => entry.slice(2)), 'README.md', 'LICENSE'])
      assert.ok(files.includes(file), `${name} lacks ${file}`)
    const strays = files.filter(
      (file) => !/^dist\/|^(?:README\.md|LICENSE|CHANGELOG\.md|package\.json)$/.test(file),
    )
    assert.deepEqual(strays, [], `${name} packs files that are nobody's business`)
  }
  return tarballs
}

async function publish(tarballs) {
  const published = await publishNew(tarballs, { checkout: clone, flags })
  assert.equal(published.length, Object.keys(tarballs).length)
  assert.deepEqual(await publishNew(tarballs, { checkout: clone, flags }), [])
}

async function installFromRegistry() {
  const stranger = join(folder, 'from-registry')
  await installStranger(stranger, {}, {})
  await npm(['install', '@ibkr-auth/sandbox', '--no-audit', '--no-fund', ...flags], { cwd: stranger })
  await importAll(stranger, ['sandbox', 'oauth1-signing', 'dh-live-session-token', 'sso-jwt'])
}

async function installFromTarballs(tarballs) {
  const stranger = join(folder, 'from-tarballs')
  await installStranger(stranger, tarballs)
  await importAll(stranger, Object.keys(tarballs))
}

/** Imports each package, and sees that there is one copy of it, in the version that was released. */
async function importAll(stranger, names) {
  const versions = versionsIn(clone)
  const lock = readJson(join(stranger, 'package-lock.json'))
  for (const name of names) {
    const copies = Object.entries(lock.packages).filter(([path]) => path.endsWith(`/@ibkr-auth/${name}`))
    assert.deepEqual(
      copies.map(([, { version }]) => version),
      [versions[name]],
    )
  }
  const imports = names
    .flatMap((name) => entriesIn(join(stranger, 'node_modules/@ibkr-auth', name)))
    .map((specifier) => `await import('${specifier}')`)
    .join('\n')
  writeFileSync(join(stranger, 'import.mjs'), `${imports}\n`)
  await node([join(stranger, 'import.mjs')], { cwd: stranger })
}

/** What can be imported of an installed package. */
function entriesIn(folder) {
  const { name, exports } = readJson(join(folder, 'package.json'))
  return Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => name + path.slice(1))
}
