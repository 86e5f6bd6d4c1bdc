// Bundles the suite as an application would be, without polyfills: anything of Node's in it is an error.
import { join } from 'node:path'
import { build } from 'esbuild'

export async function bundleSuite(folder, entry, conditions) {
  const outfile = join(folder, 'bundles', entry)
  await build({
    entryPoints: [join(folder, 'runtimes', 'suite', entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    conditions,
    target: 'es2022',
    logLevel: 'silent',
  })
  return outfile
}
