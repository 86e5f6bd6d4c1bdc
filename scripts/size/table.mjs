// The table of sizes that each package's README shows.
import { entries } from './entries.mjs'
import { measure } from './measure.mjs'

export const readmePath = (shortName) => `packages/${shortName}/README.md`

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`

/** @returns short name of the package to its table. */
export async function measuredTables() {
  const measured = await Promise.all(entries.map(async (entry) => ({ entry, size: await measure(entry) })))
  const tables = {}
  for (const { entry, size } of measured) {
    tables[entry.package] ??= ['| what you import | minified | and gzipped |', '| --- | --- | --- |']
    const names = entry.only ? `: ${entry.only.map((name) => `\`${name}\``).join(', ')}` : ''
    tables[entry.package].push(
      `| ${entry.label}${names} | ${kilobytes(size.minified)} | ${kilobytes(size.gzipped)} |`,
    )
  }
  return Object.fromEntries(Object.entries(tables).map(([name, lines]) => [name, lines.join('\n')]))
}
