// What `import … from 'vitest'` is in the bundles of `pnpm runtimes`: Vitest's own runner and matchers, without the
// rest of it, which needs Node.
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
} from '@vitest/expect'
import { startTests } from '@vitest/runner'

export { describe, it, test } from '@vitest/runner'

for (const plugin of [JestExtend, JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin)
const check = (value, message) => chai.expect(value, message)
export const expect = Object.assign(check, chai.expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT])

const config = {
  root: '/',
  setupFiles: [],
  allowOnly: false,
  sequence: { seed: 1, hooks: 'stack', setupFiles: 'list' },
  maxConcurrency: 1,
  testTimeout: 60_000,
  hookTimeout: 60_000,
  retry: 0,
  tags: [],
}

/**
 * @param packages - name of a package to its test files: path to a function that imports it.
 * @returns plain data, since it travels as JSON: for each package how many tests passed, what failed, and which of its
 * primitives were loaded.
 */
export async function runTests(packages) {
  const report = {}
  for (const [name, files] of Object.entries(packages)) {
    const collected = await startTests(Object.keys(files), { config, importFile: (path) => files[path]() })
    const outcomes = collected.flatMap(outcomesOf)
    const failed = outcomes.filter(({ state }) => state !== 'pass')
    report[name] = {
      passed: outcomes.length - failed.length,
      failed: failed.map(({ title, state, errors }) => `${title}: ${errors?.[0]?.message ?? state}`),
      primitives: globalThis.ibkrAuthPrimitives?.[name] ?? [],
    }
  }
  return report
}

/** Of a file, a suite or a test. What fails outside a test (an import, say) is an outcome of its own. */
function outcomesOf({ name, type, tasks = [], result }) {
  const { state = 'not run', errors } = result ?? {}
  const own =
    type === 'test' || (state === 'fail' && errors?.length > 0) ? [{ title: name, state, errors }] : []
  return [...own, ...tasks.flatMap(outcomesOf)]
}
