// The last results of the long checks: kept as JSON under docs/results, shown in marked blocks of our pages.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { replaceBlock } from './marked-block.mjs'
import { root } from './workspace.mjs'

/** Takes `--write` out of the arguments. */
export function argumentsAndWrite(args = process.argv.slice(2)) {
  return { wanted: args.filter((arg) => arg !== '--write'), write: args.includes('--write') }
}

/** Day of the run and what it ran on. */
export const stamp = () => ({
  date: new Date().toISOString().slice(0, 10),
  node: process.versions.node,
  system: `${process.platform} ${process.arch}`,
})

/** @throws when the page has no block of that name. */
export function writeResults(name, results, { page, content }) {
  const folder = join(root, 'docs', 'results')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`)
  const path = join(root, page)
  const text = replaceBlock(readFileSync(path, 'utf8'), name, content)
  if (text === undefined)
    throw new Error(`${page} has no <!-- ${name}:begin --> … <!-- ${name}:end --> block`)
  writeFileSync(path, text)
}
