// The public surface of a package: every declaration that a user can reach from its index.d.ts.
import { isAbsolute, join } from 'node:path'
import { readDeclarations, resolve } from './declarations.mjs'

const importType = /import\(['"](.*?)['"]\)\.([\w$]+)/g
const quotedOrWord = /'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|[\w$]+/g

/**
 * @returns the surface of a built package as Markdown: its exports in alphabetical order, then what they mention without
 * exporting it, then what they take from other packages.
 */
export function surfaceOf(name, folder) {
  const files = new Map()
  const load = (file) => {
    if (!files.has(file)) files.set(file, readDeclarations(file))
    return files.get(file)
  }
  const index = join(folder, 'dist', 'index.d.ts')
  const found = { reached: new Map(), external: new Set() }
  const exported = [...load(index).exported].map(([publicName, target]) => {
    const key = reach(load, found, target.from ?? index, target.name)
    return { publicName, key, alias: publicName === target.name ? '' : `${target.name} as ${publicName}` }
  })
  const publicKeys = new Set(exported.map(({ key }) => key))
  const mentioned = [...found.reached.keys()].filter((key) => !publicKeys.has(key))
  return page(name, {
    exported: exported.sort((a, b) => byText(a.publicName, b.publicName)).map((entry) => text(found, entry)),
    mentioned: mentioned.sort((a, b) => byText(shortKey(a), shortKey(b))).map((key) => text(found, { key })),
    external: [...found.external].sort(byText),
  })
}

/** Notes a declaration and, through the words in its text, all that it mentions. */
function reach(load, found, file, name) {
  if (!isAbsolute(file)) {
    found.external.add(`${name} from '${file}'`)
    return `${file}#${name}`
  }
  const { declared, imported, exported } = load(file)
  const statements = declared.get(name)
  if (!statements) {
    const onward = imported.get(name) ?? exported.get(name)
    if (!onward?.from) throw new Error(`${file} does not declare ${name}`)
    return reach(load, found, onward.from, onward.name)
  }
  const key = `${file}#${name}`
  if (found.reached.has(key)) return key
  found.reached.set(key, statements)
  for (const statement of statements) {
    for (const [, from, mentioned] of statement.matchAll(importType))
      reach(load, found, resolve(file, from), mentioned)
    for (const [word] of statement.matchAll(quotedOrWord)) {
      if (word !== name && (declared.has(word) || imported.has(word))) reach(load, found, file, word)
    }
  }
  return key
}

const byText = (a, b) => (a < b ? -1 : a > b ? 1 : 0)
const shortKey = (key) => key.slice(key.lastIndexOf('#') + 1)

function text({ reached }, { key, alias }) {
  const statements = reached.get(key) ?? [`from ${key.replace('#', ': ')}`]
  const plain = statements.map((statement) => statement.replace(/^(?:export )?(?:declare )?/, ''))
  return (alias ? [`// ${alias}`, ...plain] : plain).join('\n')
}

function page(name, { exported, mentioned, external }) {
  const section = (title, entries) =>
    entries.length === 0 ? '' : `\n## ${title}\n\n\`\`\`mts\n${entries.join('\n\n')}\n\`\`\`\n`
  return [
    `# What \`${name}\` promises\n\n`,
    'Written by `pnpm api` from the declarations that the build emits. Removing or narrowing something here is a\n',
    'breaking change, adding is a minor one.\n',
    section('Exports', exported),
    section('Mentioned by the exports', mentioned),
    section('Taken from other packages', external),
  ].join('')
}
