// Imports and requires a package in a stranger's project, runs its task, and says which of its files were loaded.
import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { node } from '../run.mjs'

const recorder = new URL('./record-loads.mjs', import.meta.url).href

const entriesIn = (loads, name) =>
  [...loads.matchAll(new RegExp(`/@ibkr-auth/${name}/dist/((?:node/)?(?:index|profile))\\.js$`, 'gm'))].map(
    ([, entry]) => entry,
  )

/** Runs the fixture's task with every load recorded; the task throws when a result is not the expected one. */
export async function runTask(folder, { name, entry }) {
  const loads = join(folder, 'loads.txt')
  const { stdout } = await node(['--import', recorder, join(folder, 'task.mjs')], {
    cwd: folder,
    env: { ...process.env, LOADS: loads },
  })
  assert.match(stdout, /^done: /m, `the task of ${name} did not come to its end:\n${stdout}`)
  const loaded = existsSync(loads) ? readFileSync(loads, 'utf8') : ''
  assert.deepEqual([...new Set(entriesIn(loaded, name))], [entry])
  const [, done] = /^done: (.*)$/m.exec(stdout)
  return `${done}; loads dist/${entry}.js`
}

/** `require` gives the same names as `import`. */
export async function compareRequire(folder, { name, subpath = '' }) {
  const specifier = JSON.stringify(`@ibkr-auth/${name}${subpath}`)
  const code = `
const assert = require('node:assert/strict')
const required = require(${specifier})
import(${specifier}).then((imported) => {
  const names = Object.keys(imported).filter((name) => name !== 'module.exports').sort()
  assert.ok(names.length > 0)
  assert.deepEqual(Object.keys(required).filter((name) => name !== '__esModule').sort(), names)
  for (const name of names) assert.equal(required[name], imported[name], name)
})
`
  const file = join(folder, 'require.cjs')
  writeFileSync(file, code)
  await node(['--no-warnings', file], { cwd: folder })
}

export const fixture = (name) => fileURLToPath(new URL(`./fixtures/${name}/`, import.meta.url))
