// What each package must do in a stranger's project. Each check returns a few words, or throws.
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { node, run } from '../run.mjs'
import { root, specifiersOf } from '../workspace.mjs'

/** Runs a task, which throws when a result is not the expected one and says at its end what it did. */
export async function runTask(folder, task) {
  const { stdout } = await node([task], { cwd: folder })
  const [, done, report] = /^(?:done: (.*)|report (.*))$/m.exec(stdout) ?? []
  if (done) return done
  assert.ok(report, `the task did not come to its end:\n${stdout}`)
  const [{ passed, failed }] = Object.values(JSON.parse(report))
  assert.deepEqual(failed, [])
  assert.ok(passed > 0, 'no test ran')
  return `${passed} tests`
}

/** `require` gives the same names and values as `import`, at every entry. */
export async function compareRequire(folder, manifest) {
  const code = `
const assert = require('node:assert/strict')
const compare = async (specifier) => {
  const { __esModule: _, ...required } = require(specifier)
  const { 'module.exports': __, ...imported } = await import(specifier)
  assert.ok(Object.keys(imported).length > 0)
  assert.deepEqual(Object.keys(required).sort(), Object.keys(imported).sort())
  for (const name of Object.keys(imported)) assert.equal(required[name], imported[name], name)
}
Promise.all(${JSON.stringify(specifiersOf(manifest))}.map(compare))
`
  const file = join(folder, 'require.cjs')
  writeFileSync(file, code)
  await node(['--no-warnings', file], { cwd: folder })
  return 'required'
}

/** The programs that npm linked say how they are used. */
export async function startPrograms(folder, { bin = {} }) {
  for (const program of Object.keys(bin)) {
    const { stdout } = await run('npx', ['--no-install', program, '--help'], { cwd: folder })
    assert.match(stdout, new RegExp(program), `${program} --help does not say how to use it`)
  }
  return `programs: ${Object.keys(bin).join(', ') || 'none'}`
}

const resolutions = [
  { module: 'esnext', moduleResolution: 'bundler' },
  { module: 'nodenext', moduleResolution: 'nodenext' },
]

/** Both compilers under both ways of resolving take every entry, its declarations included, and know what is not in it. */
export async function checkTypes(folder, manifest, { onNode }) {
  const code = specifiersOf(manifest).map(
    (specifier, index) => `import * as entry${index} from '${specifier}'
export const names${index}: string[] = Object.keys(entry${index})
// @ts-expect-error there is no such name
entry${index}.noSuchName
`,
  )
  writeFileSync(join(folder, 'types.ts'), code.join(''))
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2022'],
    types: onNode ? ['node'] : [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  }
  for (const resolution of resolutions) {
    const config = { compilerOptions: { ...compilerOptions, ...resolution }, files: ['types.ts'] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    for (const compiler of ['typescript', 'typescript-5.9']) {
      await node([join(root, 'node_modules', compiler, 'bin/tsc'), '-p', folder], { cwd: folder })
    }
  }
  return 'types under TypeScript 5.9 and 7, bundler and nodenext'
}
