// `pnpm runtimes`: tests of the three protocol packages, against their tarballs, on every runtime; `pnpm runtimes node20 bun`
// takes some of them. A runtime that is not there fails.
import { appendFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { installStranger, inTemporaryFolder, packAll } from '../stranger.mjs'
import { portableTests } from './bundle.mjs'
import { runtimes } from './runtimes.mjs'

const names = Object.keys(portableTests)
const wanted = process.argv.slice(2)
const unknown = wanted.filter((key) => !runtimes.some((runtime) => runtime.key === key))
if (unknown.length > 0) throw new Error(`unknown: ${unknown}; known: ${runtimes.map(({ key }) => key)}`)

await inTemporaryFolder('runtimes', async (folder) => {
  await installStranger(folder, await packAll(join(folder, 'tarballs')), names)
  for (const name of names) for (const side of ['node', 'portable']) markPrimitives(folder, name, side)
  for (const runtime of runtimes) {
    if (wanted.length === 0 || wanted.includes(runtime.key)) await tell(runtime, folder)
  }
})

/** Adds one line to an installed file, by which it says that it was loaded; the same on every runtime and in bundles. */
function markPrimitives(folder, name, side) {
  const entry = side === 'node' ? 'node/index.js' : 'index.js'
  const file = realpathSync(join(folder, 'node_modules', '@ibkr-auth', name, 'dist', entry))
  appendFileSync(file, `\n;((globalThis.ibkrAuthPrimitives ??= {})['${name}'] ??= []).push('${side}')\n`)
}

async function tell({ key, version, primitives, start }, folder) {
  try {
    const report = await start(folder)
    const failures = names.flatMap((name) => failuresOf(name, report[name], primitives))
    const counts = names.map((name) => `${name} ${report[name].passed}`).join(', ')
    console.log(`${failures.length === 0 ? '✓' : '✗'} ${key} ${version}, ${primitives} primitives: ${counts}`)
    for (const failure of failures) console.error(`  ${failure}`)
    if (failures.length > 0) process.exitCode = 1
  } catch (error) {
    console.error(`✗ ${key} ${version}: ${error.message}`)
    process.exitCode = 1
  }
}

function failuresOf(name, { passed, failed, primitives }, expected) {
  const failures = failed.map((text) => `${name}: ${text}`)
  if (passed === 0) failures.push(`${name}: nothing passed`)
  if (primitives.join() !== expected)
    failures.push(`${name}: loaded the primitives [${primitives}], not [${expected}]`)
  return failures
}
