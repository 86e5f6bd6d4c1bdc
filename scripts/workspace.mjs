// Where the repository lies, which packages it publishes, and what can be imported of one.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

export const readJson = (path) => JSON.parse(readFileSync(path, 'utf8'))

/** The published packages of a checkout: folder, name without the scope, manifest. */
export function publishedPackages(checkout = root) {
  return readdirSync(join(checkout, 'packages'))
    .map((shortName) => {
      const folder = join(checkout, 'packages', shortName)
      return { shortName, folder, manifest: readJson(join(folder, 'package.json')) }
    })
    .filter(({ manifest }) => !manifest.private)
}

/** The specifiers of a manifest's `exports`, its package.json aside. */
export const specifiersOf = ({ name, exports }) =>
  Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => name + path.slice(1))
