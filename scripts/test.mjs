// `pnpm test`: builds, checks the types of the tests, then runs them all in one run of Vitest; `pnpm test NAME` takes the
// test files with NAME in their path below the package. Ends with a line that counts them all. What fails outside a test
// (a type error, a file that cannot be loaded) counts as one failure more.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { startVitest } from 'vitest/node'
import { node } from './run.mjs'
import { runTurbo } from './turbo.mjs'
import { root } from './workspace.mjs'

const { status } = runTurbo(['run', 'build', '--output-logs=errors-only'], { cwd: root, stdio: 'inherit' })
if (status === 0) end(await runTests(await wronglyTyped()))
else end({ passed: 0, failed: 1, skipped: 0 })

/** @returns the number of folders whose tests have type errors, which are printed. */
async function wronglyTyped() {
  const projects = ['packages', 'apps']
    .flatMap((parent) => readdirSync(join(root, parent)).map((name) => join(root, parent, name, 'test')))
    .filter((folder) => existsSync(join(folder, 'tsconfig.json')))
  let wrong = 0
  for (const project of projects) {
    await node([join(root, 'node_modules/typescript/bin/tsc'), '-p', project]).catch((error) => {
      console.error(error.message)
      wrong += 1
    })
  }
  return wrong
}

async function runTests(mistyped) {
  const vitest = await startVitest('test', process.argv.slice(2), { root, watch: false })
  await vitest.close()
  const { state } = vitest
  const files = state.getTestModules()
  const tests = files.flatMap((file) => [...file.children.allTests()])
  const withState = (...wanted) => tests.filter((test) => wanted.includes(test.result().state))
  const passed = withState('passed')
  const outside = files.filter((file) => !file.ok() && [...file.children.allTests('failed')].length === 0)
  const failed = withState('failed', 'pending').length + outside.length + state.getUnhandledErrors().length
  console.log(
    passed.some(({ fullName }) => fullName.startsWith('redisStore'))
      ? 'The tests on Redis ran.'
      : 'The tests on Redis did not run: they want redis-server on the PATH, or REDIS_URL.',
  )
  // Vitest may have failed in a way that is counted nowhere.
  const uncounted = failed === 0 && (process.exitCode ?? 0) !== 0 ? 1 : 0
  const skipped = withState('skipped').length
  return { passed: passed.length, failed: failed + uncounted + mistyped, skipped }
}

function end({ passed, failed, skipped }) {
  const counted = process.env.CI ? skipped : 0
  if (counted > 0) console.error(`A skipped test counts as a failure here: ${counted}`)
  const nothing = passed === 0 && failed === 0 ? 1 : 0
  const all = failed + counted + nothing
  const line = `${passed} passed, ${all} failed${skipped > counted ? `, ${skipped} skipped` : ''}\n`
  process.stdout.write(line, () => process.exit(all > 0 ? 1 : 0))
}
