// Bundles the package in this folder, entry by entry as its manifest exports them: fewer files are felt at a cold start
// (`pnpm bench --only first-use`), and what `internal` has goes in, since nothing of it is published.
import { existsSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { rolldown } from 'rolldown'
import { declarationsOf, entriesOf, external } from './entries.mjs'

// A bundler that leaves `const` what it is: the engine takes what stands in a `var` of a module for changeable and
// reads it anew in each turn of a loop.
const output = {
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  comments: { legal: true, annotation: true, jsdoc: false },
  sourcemap: true,
}

/**
 * Escapes what is not ASCII, in texts all of it: one such character, and the engine keeps the whole file at two bytes
 * for each of its characters.
 */
const ascii = {
  name: 'ascii',
  generateBundle(_, files) {
    for (const file of Object.values(files)) {
      if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escaped)
    }
  },
}

function escaped(unit) {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
}

/** What several entries share becomes a file of its own, so that a class is one class whichever entry it came by. */
async function bundle(dir, primitives, input = entriesOf('.', { programs: true }), plugins = []) {
  const build = await rolldown({
    input,
    platform: primitives === 'portable' ? 'neutral' : 'node',
    external,
    // Its paths name the portable primitives, for the type checker.
    tsconfig: false,
    resolve: { alias: { '#primitives': resolve(`src/primitives/${primitives}.ts`) } },
    plugins: [ascii, ...plugins],
  })
  const { output: chunks } = await build.write({ ...output, dir })
  return chunks
}

/**
 * Node reads files one by one, and a second one is felt when a program starts, so the root is one file there. The other
 * entries have what they share with it once more, but for files that hold a class and nothing but public names, such as
 * the class of errors: those are the root's, unless the class knows the instances of its copies. Where a class would be
 * there twice all the same, what is shared is a file as elsewhere.
 */
async function bundleForNode(dir) {
  const { index, ...others } = entriesOf('.')
  const [root] = await bundle(dir, 'node', { index })
  const rest = await bundle(dir, 'node', others, [takenFromRoot(await filesOffered(root))])
  if (!rest.some(({ modules = {} }) => hasClassOf(root, modules))) return
  rmSync(dir, { recursive: true })
  await bundle(dir, 'node')
}

function hasClassOf(root, modules) {
  return Object.entries(modules).some(([file, { code }]) => file in root.modules && needsOneClass(code ?? ''))
}

/** Whether code has a class whose copies would not know each other's instances. */
function needsOneClass(code) {
  return /\bclass\b.*\{/.test(code) && !code.includes('[Symbol.hasInstance]')
}

/** Files of the root that have a class, and whose every export is one of the root's own. */
async function filesOffered(root) {
  const files = root.moduleIds.filter(
    (file) => file.startsWith(resolve('src')) && needsOneClass(root.modules[file].code ?? ''),
  )
  const exported = await Promise.all(files.map(exportsOf))
  return new Set(files.filter((_, index) => isOffered(exported[index], root.exports)))
}

function isOffered(names, offered) {
  return names.length > 0 && names.every((name) => offered.includes(name))
}

async function exportsOf(file) {
  const build = await rolldown({ input: file, external: /./, tsconfig: false })
  const { output: chunks } = await build.generate()
  return chunks[0].exports
}

function takenFromRoot(files) {
  return {
    name: 'taken-from-root',
    resolveId: (source, importer) =>
      importer !== undefined && files.has(resolve(dirname(importer), source))
        ? { id: './index.js', external: true }
        : undefined,
  }
}

rmSync('dist', { recursive: true, force: true })
if (existsSync('src/primitives')) {
  await bundle('dist', 'portable')
  await bundleForNode('dist/node')
} else {
  await bundle('dist', 'node')
}

/** Compilers know `[Symbol.dispose]` only with this library, which not everybody names in a tsconfig. */
const disposable = {
  name: 'reference-disposable',
  renderChunk: (code) =>
    code.includes('Symbol.dispose') ? `/// <reference lib="esnext.disposable" />\n${code}` : undefined,
}
const declarations = await declarationsOf('.', entriesOf('.'))
await declarations.write({ dir: 'dist', chunkFileNames: '[name]-[hash].d.ts', plugins: [disposable] })
