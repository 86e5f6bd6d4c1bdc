// `pnpm sizes`: writes into each README what its package weighs at the most, from the limits that size-limit holds.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import limits from '../.size-limit.mjs'
import { replaceBlock } from './marked-block.mjs'
import { publishedPackages } from './workspace.mjs'

for (const { shortName, folder } of publishedPackages()) {
  const rows = limits
    .map(({ name, limit }) => [name.split(': '), limit])
    .filter(([[name]]) => name === shortName)
    .map(([[, what], limit]) => `| ${what} | ${limit} |`)
  if (rows.length === 0) throw new Error(`${shortName} has no limit in .size-limit.mjs`)
  const path = join(folder, 'README.md')
  const table = ['| what you import | minified and gzipped, at most |', '| --- | --- |', ...rows].join('\n')
  writeFileSync(path, replaceBlock(readFileSync(path, 'utf8'), 'size', table))
}
