// `pnpm alone`: each published package by itself, as a stranger gets it: packed, installed with npm outside the
// workspace, imported, required, put to work, type-checked. `pnpm alone sso-jwt` takes some packages only.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { bundleTests, portableTests } from '../runtimes/bundle.mjs'
import { installStranger, inTemporaryFolder, packAll } from '../stranger.mjs'
import { publishedPackages, root } from '../workspace.mjs'
import { checkTypes, compareRequire, runTask, startPrograms } from './checks.mjs'

const protocol = Object.keys(portableTests)
/** Projects of their own in a folder of that name, which a task runs as other programs. */
const beside = { transport: { server: ['sandbox', ...protocol] } }
/** For the oldest Node that is supported. */
const nodeTypes = { '@types/node': '20' }

const wanted = process.argv.slice(2)
const chosen = publishedPackages().filter(
  ({ shortName }) => wanted.length === 0 || wanted.includes(shortName),
)
if (chosen.length === 0) throw new Error(`no such package: ${wanted.join(', ')}`)
await inTemporaryFolder('alone', async (folder) => {
  const packed = await packAll(join(folder, 'tarballs'))
  for (const { shortName, manifest } of chosen) {
    try {
      const done = await useAlone(join(folder, shortName), shortName, manifest, packed)
      console.log(`✓ ${shortName}: ${done.join('; ')}`)
    } catch (error) {
      console.error(`✗ ${shortName}: ${error.stack}`)
      process.exitCode = 1
    }
  }
})

/** @returns what was done, in words. */
async function useAlone(project, name, manifest, packed) {
  const siblings = Object.keys(manifest.dependencies ?? {}).filter((one) => one.startsWith('@ibkr-auth/'))
  const names = [name, ...siblings.map((sibling) => sibling.slice('@ibkr-auth/'.length))]
  // Who uses a protocol package may have neither Node's types nor the DOM's.
  const onNode = !protocol.includes(name)
  await installStranger(project, packed, names, { others: onNode ? nodeTypes : {} })
  for (const [other, itsNames] of Object.entries(beside[name] ?? {})) {
    await installStranger(join(project, other), packed, itsNames)
    cpSync(join(root, 'scripts/alone/tasks/serve.mjs'), join(project, other, 'serve.mjs'))
  }
  return [
    await runTask(project, await taskOf(project, name)),
    await compareRequire(project, manifest),
    await startPrograms(project, manifest),
    await checkTypes(project, manifest, { onNode }),
  ]
}

/** The work of a protocol package is its own tests, of the others a program of their own. */
async function taskOf(project, name) {
  if (protocol.includes(name)) return bundleTests(project, [name], 'print')
  const task = join(project, 'task.mjs')
  cpSync(join(root, 'scripts/alone/tasks', `${name}.mjs`), task)
  return task
}
