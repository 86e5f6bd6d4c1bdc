// A project outside the workspace that knows our packages from their tarballs only.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { npm, pnpm } from './run.mjs'
import { publishedPackages, root } from './workspace.mjs'

/** Hands an empty folder outside the workspace to `use`, so that nothing of ours is found by walking up; then removes it. */
export async function inTemporaryFolder(name, use) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), `ibkr-auth-${name}-`))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/**
 * Packs every published package of a built checkout into `folder`, as a registry would get them.
 *
 * @returns short name to `{ path, files }`: the tarball, and the paths in it.
 */
export async function packAll(folder, checkout = root) {
  mkdirSync(folder, { recursive: true })
  const packed = {}
  for (const { shortName, folder: cwd } of publishedPackages(checkout)) {
    const { stdout } = await pnpm(['pack', '--json', '--pack-destination', folder], { cwd })
    const { filename, files } = [JSON.parse(stdout)].flat()[0]
    packed[shortName] = { path: filename, files: files.map(({ path }) => path) }
  }
  return packed
}

/** Writes a manifest that depends on the tarballs of `names`, and on `others`, and installs it with npm. */
export async function installStranger(folder, packed, names, { others = {}, flags = [] } = {}) {
  mkdirSync(folder, { recursive: true })
  const ours = names.map((name) => [`@ibkr-auth/${name}`, `file:${packed[name].path.replaceAll('\\', '/')}`])
  const dependencies = { ...Object.fromEntries(ours), ...others }
  const manifest = { name: 'stranger', version: '1.0.0', private: true, type: 'module', dependencies }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  await npm(['install', '--no-audit', '--no-fund', '--prefer-offline', ...flags], { cwd: folder })
}
