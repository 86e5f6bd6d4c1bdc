// Runs the suite unbundled, as a program.
import { join } from 'node:path'
import process from 'node:process'
import { run } from '../run.mjs'
import { findReport } from './report.mjs'

const suite = (folder) => join(folder, 'runtimes', 'suite', 'main.mjs')
const quiet = { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '' }

export const onNode = async (program, folder) =>
  findReport(await run(program, ['--no-warnings', suite(folder)], { cwd: folder, env: quiet }))

export const onBun = async (program, folder) =>
  findReport(await run(program, ['run', suite(folder)], { cwd: folder, env: quiet }))

/** Without a single permission: no network, no files, no environment. */
export const onDeno = async (program, folder) =>
  findReport(
    await run(
      program,
      ['run', '--no-prompt', '--no-remote', '--no-lock', '--node-modules-dir=manual', suite(folder)],
      {
        cwd: folder,
        env: { ...quiet, DENO_NO_UPDATE_CHECK: '1' },
      },
    ),
  )
