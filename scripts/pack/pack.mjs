// Packs the published packages as a registry would get them.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { inParallel } from '../parallel.mjs'
import { pnpm } from '../run.mjs'
import { publishedPackages, root } from '../workspace.mjs'

/**
 * Packs every published package of a built checkout into `folder`.
 *
 * @returns short name to path of the tarball.
 */
export async function packAll(folder, checkout = root) {
  mkdirSync(folder, { recursive: true })
  const packed = await inParallel(publishedPackages(checkout), async ({ shortName, folder: cwd }) => {
    const { stdout } = await pnpm(['pack', '--json', '--pack-destination', folder], { cwd })
    const { filename } = [JSON.parse(stdout)].flat()[0]
    return [shortName, filename.includes('/') || filename.includes('\\') ? filename : join(folder, filename)]
  })
  return Object.fromEntries(packed)
}
