// Starts the programs that a package brings, as npm links them.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { run } from '../run.mjs'
import { readJson } from '../workspace.mjs'

/** @returns the names of the programs whose `--help` tells how to use them. */
export async function startPrograms(project, name) {
  const { bin = {} } = readJson(join(project, 'node_modules', '@ibkr-auth', name, 'package.json'))
  const names = Object.keys(bin)
  for (const program of names) {
    const path = join(
      project,
      'node_modules',
      '.bin',
      process.platform === 'win32' ? `${program}.cmd` : program,
    )
    assert.ok(existsSync(path), `npm did not link ${program}`)
    const { stdout } = await run('npx', ['--no-install', program, '--help'], { cwd: project })
    assert.match(stdout, new RegExp(program), `${program} --help does not say how to use it`)
  }
  return names
}
