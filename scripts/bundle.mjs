// The JavaScript of a protocol package: few files instead of one per concept, since each file costs a fifth of
// what loading node:crypto does at a cold start. Declarations are tsc's; the sources ship beside, for source maps.
import { readdirSync, rmSync } from 'node:fs'
import { rolldown } from 'rolldown'

// A bundler that leaves `const` what it is: the engine takes what stands in a `var` of a module for changeable and
// reads it anew in each turn of a loop.
const output = {
  dir: 'dist',
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: 'shared-[hash].js',
  comments: false,
  sourcemap: true,
  sourcemapExcludeSources: true,
}

async function bundle(...names) {
  const input = Object.fromEntries(names.map((name) => [name, `src/${name}.ts`]))
  const build = await rolldown({ input, platform: 'neutral', external: [/^(?:#|node:|[@\w])/] })
  await build.write(output)
}

for (const name of readdirSync('dist', { recursive: true })) {
  if (/\.js(\.map)?$/.test(name)) rmSync(`dist/${name}`)
}

// What index and the portable primitives share stays shared, so that a browser loads it once.
await bundle('index', 'primitives/portable')
// Node's own file stands alone: it loads one file less, and throws no class of this package.
await bundle('primitives/node')
