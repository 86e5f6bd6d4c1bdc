// Everything that an installation of the published packages brings, as it is installed here.
import { existsSync, readdirSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { publishedPackages, readJson, root } from '../workspace.mjs'

/** Finds an installed package as Node would from `folder`: in the nearest node_modules that has it. */
function find(name, folder) {
  const candidate = join(folder, 'node_modules', name)
  if (existsSync(join(candidate, 'package.json'))) return realpathSync(candidate)
  const parent = dirname(folder)
  if (parent === folder) throw new Error(`${name} is not installed: pnpm install`)
  return find(name, parent)
}

/** @returns name to `{ version, license, usedBy, direct }` for all runtime dependencies, transitive ones included. */
export function runtimeDependencies() {
  const found = new Map()
  const visit = (name, from, user, direct) => {
    const folder = find(name, from)
    const manifest = readJson(join(folder, 'package.json'))
    const entry = found.get(name) ?? {
      license: manifest.license,
      versions: new Set(),
      usedBy: new Set(),
      direct,
    }
    const known = entry.usedBy.has(user) && entry.versions.has(manifest.version)
    entry.versions.add(manifest.version)
    entry.usedBy.add(user)
    entry.direct ||= direct
    found.set(name, entry)
    if (known) return
    for (const next of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
      if (!manifest.peerDependenciesMeta?.[next]?.optional) visit(next, folder, user, false)
    }
  }
  for (const { shortName, folder, manifest } of publishedPackages()) {
    for (const name of Object.keys(manifest.dependencies ?? {})) {
      if (!name.startsWith('@ibkr-auth/')) visit(name, folder, shortName, true)
    }
  }
  return found
}

/** @returns name to `{ version, license, usedBy }` for what the workspace itself builds, tests and publishes with. */
export function developmentDependencies() {
  const found = new Map()
  const folders = [
    root,
    ...['packages', 'apps'].flatMap((parent) =>
      readdirSync(join(root, parent)).map((name) => join(root, parent, name)),
    ),
  ].filter((folder) => existsSync(join(folder, 'package.json')))
  for (const folder of folders) {
    const { devDependencies = {} } = readJson(join(folder, 'package.json'))
    for (const name of Object.keys(devDependencies).filter((one) => !one.startsWith('@ibkr-auth/'))) {
      const manifest = readJson(join(find(name, folder), 'package.json'))
      const entry = found.get(name) ?? { license: manifest.license, versions: new Set(), usedBy: new Set() }
      entry.versions.add(manifest.version)
      entry.usedBy.add(folder === root ? 'the workspace' : folder.slice(root.length).replaceAll('\\', '/'))
      found.set(name, entry)
    }
  }
  return found
}
