// `pnpm alone`: each published package by itself, as a stranger gets it: packed, installed with npm outside the
// workspace, imported, required, put to work, type-checked. `pnpm alone sso-jwt` takes some packages only; `pnpm alone --write` keeps the results of all.
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { packAll } from '../pack/pack.mjs'
import { inParallel } from '../parallel.mjs'
import { argumentsAndWrite, stamp, writeResults } from '../results.mjs'
import { root } from '../workspace.mjs'
import { compareRequire, fixture, runTask } from './load.mjs'
import { nodeTypes, packages } from './packages.mjs'
import { startPrograms } from './programs.mjs'
import { installStranger, temporaryFolder } from './stranger.mjs'
import { checkTypes } from './types.mjs'

const { wanted, write } = argumentsAndWrite()
const { folder, remove } = await temporaryFolder('alone')
try {
  const tarballs = await packAll(join(folder, 'tarballs'))
  const chosen = packages.filter(({ name }) => wanted.length === 0 || wanted.includes(name))
  const results = await inParallel(chosen, (entry) => useAlone(entry, tarballs))
  for (const { name, lines } of results) console.log([name, ...lines].join('\n  '))
  if (write && wanted.length === 0) keep(results)
  if (results.length === 0 || results.some(({ failed }) => failed)) process.exitCode = 1
} finally {
  remove()
}

async function useAlone(entry, tarballs) {
  const { name, siblings, environment, beside = {} } = entry
  const project = join(folder, name)
  const lines = []
  const step = async (title, action) => lines.push(`✓ ${title}${said(await action())}`)
  try {
    await step('installs with npm', () =>
      installStranger(project, pick(tarballs, [name, ...siblings]), environment === 'node' ? nodeTypes : {}),
    )
    for (const [other, names] of Object.entries(beside)) {
      await installStranger(join(project, other), pick(tarballs, names))
    }
    cpSync(fixture(name), project, { recursive: true })
    cpSync(join(root, 'scripts', 'vectors'), join(project, 'vectors'), { recursive: true })
    await step('imports and works', () => runTask(project, entry))
    await step('requires', () => compareRequire(project, entry))
    const programs = await startPrograms(project, name)
    if (programs.length > 0) lines.push(`✓ starts ${programs.join(', ')}`)
    await step('type-checks', async () => (await checkTypes(project, environment)).join(', '))
    return { name, lines, failed: false }
  } catch (error) {
    return { name, lines: [...lines, `✗ ${error.message}`], failed: true }
  }
}

function pick(tarballs, names) {
  return Object.fromEntries(names.map((name) => [name, tarballs[name]]))
}

function said(text) {
  return text ? `: ${text}` : ''
}

function keep(results) {
  const run = stamp()
  const rows = results.map(
    ({ name, failed, lines }) => `| \`${name}\` | ${failed ? '**failed**' : lines.join('<br>')} |`,
  )
  const content = [
    '| package, by itself | last result |',
    '| --- | --- |',
    ...rows,
    '',
    `Run on ${run.date} with Node ${run.node}, ${run.system}.`,
  ].join('\n')
  const packagesAlone = Object.fromEntries(results.map(({ name, lines }) => [name, lines]))
  writeResults('alone', { ...run, packages: packagesAlone }, { page: 'docs/releases.md', content })
}
