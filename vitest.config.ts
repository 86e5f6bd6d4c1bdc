import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { defineConfig, type TestProjectConfiguration } from 'vitest/config'

// At the root: every package and app, in one run. In a package's folder, as `vitest run --config ../../vitest.config.ts
// --root .`: that one.

const here = process.cwd()

function projectsOf(root: string): TestProjectConfiguration[] {
  const setup = resolve(root, 'test/global-setup.ts')
  const name = basename(root)
  const test = {
    name,
    include: ['test/**/*.test.ts'],
    // Ends what hangs. No test is about time, and a busy machine may take ten times as long as a quiet one.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    globalSetup: existsSync(setup) ? [setup] : [],
  }
  if (!existsSync(resolve(root, 'src/primitives'))) return [{ root, test }]
  // The whole suite on each of the two primitives, with the subpath import `#primitives` pointed at its source.
  return ['node', 'portable'].map((primitives) => ({
    root,
    resolve: { alias: { '#primitives': resolve(root, `src/primitives/${primitives}.ts`) } },
    test: { ...test, name: `${name} (${primitives})`, env: { PRIMITIVES: primitives } },
  }))
}

const folders = existsSync(join(here, 'pnpm-workspace.yaml'))
  ? ['packages', 'apps'].flatMap((parent) =>
      readdirSync(join(here, parent)).map((name) => join(here, parent, name)),
    )
  : [here]

export default defineConfig({
  test: {
    // Vitest would leave a core idle.
    maxWorkers: availableParallelism(),
    projects: folders.filter((folder) => existsSync(join(folder, 'test'))).flatMap(projectsOf),
  },
})
