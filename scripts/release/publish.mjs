// Publishes those packages whose version the registry does not have yet, from the tarballs that were tested.
import { npm } from '../run.mjs'
import { publishedPackages, root } from '../workspace.mjs'

/**
 * @param packed - short name to `{ path }` of its tarball.
 * @param options.checkout - where the manifests are.
 * @param options.flags - further flags for npm, such as a registry.
 * @returns `{ name, version, shortName }` of each package that was published.
 */
export async function publishNew(packed, { checkout = root, flags = [] } = {}) {
  const published = []
  for (const { shortName, manifest } of publishedPackages(checkout)) {
    const { name, version } = manifest
    if (await isPublished(name, version, flags)) continue
    await npm(['publish', packed[shortName].path, '--access', 'public', ...flags], { cwd: checkout })
    published.push({ name, version, shortName })
  }
  return published
}

async function isPublished(name, version, flags) {
  try {
    const { stdout } = await npm(['view', `${name}@${version}`, 'version', ...flags])
    return stdout.trim() !== ''
  } catch (error) {
    // The registry does not know the package at all: E404. Anything else is a failure.
    if (error.message.includes('E404')) return false
    throw error
  }
}
