// One emitted declaration file: what it declares, imports and exports.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { declaredName, topLevelStatements } from './statements.mjs'

const list = /^(import|export)(?: type)? \{([\s\S]*)\}(?: from ['"](.*)['"])?;$/
const namespaceImport = /^import(?: type)? \* as ([\w$]+) from ['"](.*)['"];$/

/**
 * @returns `declared`: name to statements; `imported` and `exported`: local or public name to `{ from, name }`,
 * `from` being undefined for a name of the same file.
 */
export function readDeclarations(file) {
  const result = { declared: new Map(), imported: new Map(), exported: new Map() }
  for (const statement of topLevelStatements(readFileSync(file, 'utf8')))
    readStatement(file, statement, result)
  return result
}

function readStatement(file, statement, { declared, imported, exported }) {
  const name = declaredName(statement)
  if (name) {
    declared.set(name, [...(declared.get(name) ?? []), statement])
    if (statement.startsWith('export ')) exported.set(name, { name })
    return
  }
  const whole = namespaceImport.exec(statement)
  if (whole) {
    imported.set(whole[1], { from: resolve(file, whole[2]), name: '*' })
    return
  }
  const found = list.exec(statement)
  if (!found) throw new Error(`${file} holds a statement that the surface does not know: ${statement}`)
  const [, kind, names, from] = found
  for (const entry of names.split(',').map((text) => text.trim().replace(/^type /, ''))) {
    if (!entry) continue
    const [original, alias = original] = entry.split(' as ')
    const target = kind === 'import' ? imported : exported
    target.set(alias, { from: from && resolve(file, from), name: original })
  }
}

/** Relative specifiers become the path of the declaration file; others stay package names. */
export const resolve = (file, specifier) =>
  specifier.startsWith('.') ? join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts')) : specifier
