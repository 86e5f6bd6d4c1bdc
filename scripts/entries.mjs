// What a package offers: the entries of its manifest, and their declarations rolled into one file each.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'

/** Everything that is installed beside the package; `internal` is not. */
export const external = /^(?:node:|(?!@ibkr-auth\/internal\/)[@\w])/

/**
 * @returns name and source of each entry in the `exports` of a package: `.` is `index`, `./server` is `server`; with
 * `programs`, those of its `bin` too.
 */
export function entriesOf(folder, { programs = false } = {}) {
  const { exports, bin = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const names = Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => (path === '.' ? 'index' : path.slice(2)))
  const files = programs ? Object.values(bin).map((file) => /([^/]+)\.js$/.exec(file)[1]) : []
  return Object.fromEntries([...names, ...files].map((name) => [name, join(folder, `src/${name}.ts`)]))
}

/** Rolls the declarations of these entries; no type of `internal` is imported, what is used of it stands in them. */
export function declarationsOf(folder, input) {
  return rolldown({
    input,
    external,
    tsconfig: false,
    resolve: { alias: { '#primitives': resolve(folder, 'src/primitives/portable.ts') } },
    plugins: [dts({ oxc: { stripInternal: true }, emitDtsOnly: true, tsconfig: false })],
  })
}
