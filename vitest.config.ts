import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { defineConfig, type ViteUserConfig } from 'vitest/config'

// One configuration for every package: `vitest run --config ../../vitest.config.ts --root .` in the package's folder.

const root = process.cwd()
const setup = resolve(root, 'test/global-setup.ts')

const base: NonNullable<ViteUserConfig['test']> = {
  include: ['test/**/*.test.ts'],
  reporters: ['default', 'json'],
  // The closing line of `pnpm test` is counted from this file.
  outputFile: { json: 'test-results.json' },
  // Ends what hangs. No test is about time, and a busy machine may take ten times as long as a quiet one.
  testTimeout: 180_000,
  hookTimeout: 180_000,
  globalSetup: existsSync(setup) ? [setup] : [],
}

/** The whole suite on one of the two primitives, with the subpath import `#primitives` pointed at its source. */
function onPrimitives(name: 'node' | 'portable'): ViteUserConfig {
  return {
    root,
    resolve: { alias: { '#primitives': resolve(root, `src/primitives/${name}.ts`) } },
    test: { ...base, name, env: { PRIMITIVES: name } },
  }
}

const hasPrimitives = existsSync(resolve(root, 'src/primitives'))

export default defineConfig({
  test: hasPrimitives ? { ...base, projects: [onPrimitives('node'), onPrimitives('portable')] } : base,
})
