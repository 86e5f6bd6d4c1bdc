// `pnpm test`: builds, checks the types of the tests, then runs them all in one run of Vitest; `pnpm test NAME` runs the
// test files with NAME in their path below the package. Ends with a line that counts them all. What fails outside a test (a type error, a
// file that cannot be loaded) counts as one failure more.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { startVitest } from 'vitest/node'
import { node } from './run.mjs'
import { runTurbo } from './turbo.mjs'
import { root } from './workspace.mjs'

const { status } = runTurbo(['run', 'build', '--output-logs=errors-only'], { cwd: root, stdio: 'inherit' })
if (status !== 0) end({ passed: 0, failed: 1, skipped: 0 })
const mistyped = await wronglyTyped()
const vitest = await startVitest('test', process.argv.slice(2), { root, watch: false })
const files = vitest.state.getTestModules()
const tests = files.flatMap((file) => [...file.children.allTests()])
const states = tests.map((test) => test.result().state)
const count = (wanted) => states.filter((state) => state === wanted).length
const unloaded = files.filter((file) => file.errors().length > 0 || !file.ok())
const outside = unloaded.filter((file) => ![...file.children.allTests('failed')].length)
const failed =
  count('failed') + count('pending') + outside.length + mistyped + vitest.state.getUnhandledErrors().length
await vitest.close()
const onRedis = tests.some(
  (test) => test.fullName.startsWith('redisStore') && test.result().state === 'passed',
)
console.log(
  onRedis
    ? 'The tests on Redis ran.'
    : 'The tests on Redis did not run: they want redis-server on the PATH, or REDIS_URL.',
)
end({ passed: count('passed'), failed, skipped: count('skipped') })

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

function end({ passed, failed, skipped }) {
  const nothing = passed === 0 && failed === 0 ? 1 : 0
  const counted = process.env.CI ? skipped : 0
  if (counted > 0) console.error(`A skipped test counts as a failure here: ${counted}`)
  const all = failed + nothing + counted
  console.log(`${passed} passed, ${all} failed${skipped > counted ? `, ${skipped} skipped` : ''}`)
  process.exit(all > 0 ? 1 : 0)
}
