import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { benchFolder, cacheFolder } from './paths.ts'

/**
 * Loads a package as a browser would get it, so that its portable code runs in this process beside the native code.
 *
 * @param name - A package of the workspace.
 */
export async function importPortable<T>(name: string): Promise<T> {
  const folder = join(cacheFolder, 'portable')
  mkdirSync(folder, { recursive: true })
  const outfile = join(folder, `${name.split('/').at(-1)}.mjs`)
  await build({
    stdin: { contents: `export * from '${name}'`, resolveDir: benchFolder },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
  })
  return (await import(pathToFileURL(outfile).href)) as T
}

export interface SizeInput {
  /** A module that imports what is to be weighed. */
  readonly code: string
  readonly resolveDir: string
  /** `node` leaves Node's built-in modules out of the bundle, and out of the weight. */
  readonly platform: 'browser' | 'node'
}

/** Bytes of the minified bundle, plain and gzipped. */
export async function weigh(input: SizeInput): Promise<{ minified: number; gzipped: number }> {
  const { outputFiles } = await build({
    stdin: { contents: input.code, resolveDir: input.resolveDir },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: input.platform,
    target: 'es2022',
    legalComments: 'none',
    logLevel: 'error',
  })
  const bytes = outputFiles[0]?.contents ?? new Uint8Array()
  return { minified: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length }
}
