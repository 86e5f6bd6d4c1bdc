// Bundles an import as a user's bundler would and counts its bytes.
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { readJson, root } from '../workspace.mjs'

/** @returns bytes of the minified bundle, and of the same gzipped. */
export async function measure({ package: shortName, only, platform, conditions, external = [] }) {
  const contents = only
    ? `export { ${only.join(', ')} } from ${JSON.stringify(`@ibkr-auth/${shortName}`)}`
    : specifiersOf(shortName)
        .map((specifier) => `export * from ${JSON.stringify(specifier)}`)
        .join('\n')
  return bundle(shortName, { contents, platform, conditions, external })
}

/** What can be imported of a package: its root and its subpaths. */
function specifiersOf(shortName) {
  const { exports } = readJson(join(root, 'packages', shortName, 'package.json'))
  return Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => `@ibkr-auth/${shortName}${path.slice(1)}`)
}

/** @returns bytes that remain of an import of which nothing is used. */
export function measureUnused({ package: shortName, platform, conditions, external = [] }) {
  const contents = `import * as unused from ${JSON.stringify(`@ibkr-auth/${shortName}`)}`
  return bundle(shortName, { contents, platform, conditions, external })
}

async function bundle(shortName, { contents, platform, conditions, external }) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: join(root, 'packages', shortName) },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
    platform,
    conditions,
    external: [...external, 'node:*'],
  })
  const [{ contents: code }] = outputFiles
  return { minified: code.length, gzipped: code.length === 0 ? 0 : gzipSync(code, { level: 9 }).length }
}
