// The JavaScript of a protocol package: one file for Node and one for everything else, since each file more is
// felt at a cold start (`pnpm bench`, first import). Declarations are tsc's; the sources ship beside, for source maps.
import { readdirSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { rolldown } from 'rolldown'

// A bundler that leaves `const` what it is: the engine takes what stands in a `var` of a module for changeable and
// reads it anew in each turn of a loop.
const output = {
  dir: 'dist',
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  comments: { legal: true, annotation: true, jsdoc: false },
  sourcemap: true,
  sourcemapExcludeSources: true,
}

/** Bundles the package with one of its two primitives into `dist/NAME.js`; what it imports late stays apart. */
async function bundle(name, primitives) {
  const build = await rolldown({
    input: { [name]: 'src/index.ts' },
    platform: 'neutral',
    external: [/^(?:node:|[@\w])/],
    // Its paths name the portable primitives, for the type checker.
    tsconfig: false,
    resolve: { alias: { '#primitives': resolve(`src/primitives/${primitives}.ts`) } },
  })
  await build.write(output)
}

for (const name of readdirSync('dist', { recursive: true })) {
  if (/\.js(\.map)?$/.test(name)) rmSync(`dist/${name}`)
}
await bundle('node', 'node')
await bundle('index', 'portable')
