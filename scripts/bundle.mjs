// The JavaScript of a protocol package: few files instead of one per concept, since each file costs a fifth of
// what loading node:crypto does at a cold start. Declarations are tsc's; the sources ship beside, for source maps.
import { readdirSync, rmSync } from 'node:fs'
import { build } from 'esbuild'

const shared = {
  bundle: true,
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  packages: 'external',
  external: ['#primitives', 'node:*'],
  outdir: 'dist',
  outbase: 'src',
  sourcemap: true,
  sourcesContent: false,
  chunkNames: 'shared-[hash]',
  logLevel: 'warning',
}

for (const name of readdirSync('dist', { recursive: true })) {
  if (/\.js(\.map)?$/.test(name)) rmSync(`dist/${name}`)
}

// What index and the portable primitives share stays shared, so that a browser loads it once.
await build({ ...shared, entryPoints: ['src/index.ts', 'src/primitives/portable.ts'], splitting: true })
// Node's own file stands alone: it loads one file less, and throws no class of this package.
await build({ ...shared, entryPoints: ['src/primitives/node.ts'] })
