// `pnpm api`: writes packages/*/api.md. `check` compares instead, so that a changed surface shows in the review.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../run.mjs'
import { publishedPackages, root } from '../workspace.mjs'
import { surfaceOf } from './surface.mjs'

const pages = () =>
  publishedPackages().map(({ shortName, folder, manifest }) => ({
    shortName,
    path: join(folder, 'api.md'),
    text: surfaceOf(manifest.name, folder),
  }))

export function writeSurfaces() {
  for (const { path, text } of pages()) writeFileSync(path, text)
}

/** @returns a complaint for each package whose surface is not the one written down. */
export async function checkSurfaces() {
  const complaints = []
  for (const { shortName, path, text } of pages()) {
    const before = existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : ''
    if (before !== text) complaints.push(await complaint(shortName, path, text))
  }
  return complaints
}

async function complaint(shortName, path, text) {
  const advice = `The public surface of ${shortName} changed. If that is meant: pnpm api, and say it in the changeset.`
  if (!existsSync(path)) return `${advice}\n(packages/${shortName}/api.md does not exist yet.)`
  const folder = join(root, '.cache', 'api')
  mkdirSync(folder, { recursive: true })
  const now = join(folder, `${shortName}.md`)
  writeFileSync(now, text)
  // git ends with 1 when the files differ, which they do; run() then throws what it printed.
  const differences = await run('git', ['diff', '--no-index', '--no-color', '--', path, now]).then(
    () => '',
    (error) => error.message,
  )
  return `${advice}\n${differences.slice(differences.indexOf('@@'))}`
}
