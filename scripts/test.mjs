// `pnpm test`: runs every package's tests through turbo, then counts them all in one closing line.
// A package whose task failed outside its tests (a type error, say) counts as one failure more.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { runTurbo } from './turbo.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const withTests = ['packages', 'apps']
  .flatMap((folder) => readdirSync(`${root}${folder}`).map((name) => `${root}${folder}/${name}`))
  .filter((path) => readManifest(path)?.scripts?.test)

for (const path of withTests) rmSync(`${path}/test-results.json`, { force: true })

const run = runTurbo(
  ['run', 'test', '--continue=always', '--output-logs=new-only', ...process.argv.slice(2)],
  { cwd: root, stdio: 'inherit' },
)

const total = { passed: 0, failed: 0, skipped: 0 }
const without = []
for (const path of withTests) {
  const results = readResults(path)
  if (!results) {
    without.push(path.slice(root.length))
    continue
  }
  total.passed += results.numPassedTests
  total.failed += results.numFailedTests
  total.skipped += results.numPendingTests + (results.numTodoTests ?? 0)
}
if (without.length > 0) console.error(`No test results from: ${without.join(', ')}`)
total.failed += without.length
if (run.status !== 0 && total.failed === 0) total.failed = 1
if (total.passed === 0 && total.failed === 0) total.failed = 1

console.log(
  ranOnRedis(`${root}packages/shared-session`)
    ? 'The tests on Redis ran.'
    : 'The tests on Redis did not run: no redis-server on the PATH, and no REDIS_URL.',
)
const skippedFails = process.env.CI && total.skipped > 0
if (skippedFails) console.error('A skipped test counts as a failure here.')
console.log(
  `${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ''}`,
)
process.exitCode = total.failed > 0 || skippedFails ? 1 : 0

function ranOnRedis(path) {
  const tests = (readResults(path)?.testResults ?? []).flatMap(({ assertionResults }) => assertionResults)
  return tests.some(({ ancestorTitles }) => ancestorTitles.some((title) => title.startsWith('redisStore')))
}

function readManifest(path) {
  try {
    return JSON.parse(readFileSync(`${path}/package.json`, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  }
}

function readResults(path) {
  try {
    return JSON.parse(readFileSync(`${path}/test-results.json`, 'utf8'))
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
