// `pnpm runtimes`: the vectors of the three protocol packages, from their tarballs, on every runtime.
// `pnpm runtimes node20 bun` runs some of them; `pnpm runtimes --write` keeps the results of all, also in the README.
import process from 'node:process'
import { temporaryFolder } from '../alone/stranger.mjs'
import { argumentsAndWrite, stamp, writeResults } from '../results.mjs'
import { prepareProject, protocolPackages } from './project.mjs'
import { runtimes } from './runtimes.mjs'
import { tableOf } from './table.mjs'

const { wanted, write } = argumentsAndWrite()
const unknown = wanted.filter((key) => !runtimes.some((runtime) => runtime.key === key))
if (unknown.length > 0) {
  console.error(`Unknown: ${unknown.join(', ')}. Known: ${runtimes.map(({ key }) => key).join(', ')}`)
  process.exit(2)
}

const { folder, remove } = await temporaryFolder('runtimes')
const results = []
try {
  await prepareProject(folder)
  for (const runtime of runtimes.filter(({ key }) => wanted.length === 0 || wanted.includes(key))) {
    const result = await runOn(runtime)
    results.push(result)
    console.log(lineOf(result))
  }
} finally {
  remove()
}

if (write && wanted.length === 0) {
  const run = { ...stamp(), results }
  writeResults('runtimes', run, { page: 'README.md', content: tableOf(run) })
}
if (results.some(({ outcome }) => outcome !== 'passed')) process.exitCode = 1

async function runOn(runtime) {
  const { title, primitives, how, find, version, start } = runtime
  let program
  try {
    program = await find()
  } catch (error) {
    return { runtime: title, primitives, how, outcome: 'not run', why: error.message }
  }
  const result = { runtime: title, version: await version(program), primitives, how }
  try {
    const packages = await start(program, folder)
    const failures = protocolPackages.flatMap((name) => failuresOf(name, packages[name], primitives))
    return { ...result, outcome: failures.length === 0 ? 'passed' : 'failed', packages, failures }
  } catch (error) {
    return { ...result, outcome: 'failed', failures: [error.message] }
  }
}

function failuresOf(name, { passed, failed, primitives }, expected) {
  const failures = failed.map((text) => `${name}: ${text}`)
  if (passed + failed.length === 0) failures.push(`${name}: nothing ran`)
  if (primitives.join() !== expected)
    failures.push(`${name}: loaded the primitives [${primitives}], not [${expected}]`)
  return failures
}

function lineOf({ runtime, version = '', outcome, why, failures = [], packages = {} }) {
  const counts = Object.entries(packages).map(([name, { passed }]) => `${name} ${passed}`)
  const details = why ? [why] : failures
  return [
    `${runtime} ${version}: ${outcome}${counts.length > 0 ? ` (${counts.join(', ')})` : ''}`,
    ...details,
  ].join('\n  ')
}
