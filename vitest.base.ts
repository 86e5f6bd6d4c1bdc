import { fileURLToPath } from 'node:url'
import type { ViteUserConfig } from 'vitest/config'

/** What every package's vitest.config.ts starts from. The JSON file feeds the closing line of `pnpm test`. */
export const base: NonNullable<ViteUserConfig['test']> = {
  include: ['test/**/*.test.ts'],
  reporters: ['default', 'json'],
  outputFile: { json: 'test-results.json' },
  passWithNoTests: false,
  restoreMocks: true,
}

/**
 * Runs the whole suite twice: once on the native primitives, once on the portable ones, with the
 * subpath import `#primitives` pointed at the source of each.
 */
export function onBothPrimitives(packageUrl: string): NonNullable<ViteUserConfig['test']> {
  const project = (name: 'node' | 'portable'): ViteUserConfig => ({
    resolve: { alias: { '#primitives': fileURLToPath(new URL(`./src/primitives/${name}.ts`, packageUrl)) } },
    test: { ...base, name, env: { PRIMITIVES: name } },
  })
  return { ...base, projects: [project('node'), project('portable')] }
}
