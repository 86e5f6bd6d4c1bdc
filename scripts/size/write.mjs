// `pnpm sizes`: measures and writes the figures into the READMEs.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { replaceBlock } from '../marked-block.mjs'
import { root } from '../workspace.mjs'
import { measuredTables, readmePath } from './table.mjs'

for (const [shortName, table] of Object.entries(await measuredTables())) {
  const path = join(root, readmePath(shortName))
  const page = existsSync(path) ? replaceBlock(readFileSync(path, 'utf8'), 'size', table) : undefined
  if (page) writeFileSync(path, page)
  else {
    console.error(`${readmePath(shortName)} has no <!-- size:begin --> … <!-- size:end --> block.`)
    process.exitCode = 1
  }
  console.log(`${shortName}\n${table}\n`)
}
