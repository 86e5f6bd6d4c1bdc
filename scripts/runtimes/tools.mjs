// The runtimes as npm packages in exact versions, installed on demand into .cache/tools, outside of the workspace's graph.
// Each has its program inside and needs no install script.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { npm } from '../run.mjs'
import { readJson, root } from '../workspace.mjs'

const { arch, platform } = process
const onWindows = platform === 'win32'
const windows = onWindows ? 'windows' : platform
const exe = onWindows ? '.exe' : ''
const arm = arch === 'arm64' ? 'aarch64' : arch
const node = (version) => ({
  name: `node-${onWindows ? 'win' : platform}-${arch}`,
  version,
  program: `bin/node${exe}`,
})

export const tools = {
  node20: node('20.20.2'),
  node22: node('22.23.3'),
  node24: node('24.21.0'),
  node26: node('26.10.0'),
  bun: { name: `@oven/bun-${windows}-${arm}`, version: '1.4.5', program: `bin/bun${exe}` },
  deno: {
    name: `@deno/${platform}-${arch}${platform === 'linux' ? '-glibc' : ''}`,
    version: '2.9.6',
    program: `deno${exe}`,
  },
  workerd: {
    name: `@cloudflare/workerd-${windows}-${arch.replace('x64', '64')}`,
    version: '1.20261117.1',
    program: `bin/workerd${exe}`,
  },
}

/** @returns the path of the tool's program. @throws when it does not exist for this system. */
export async function installTool(key) {
  const { name, program, version } = tools[key]
  const folder = join(root, '.cache', 'tools', `${key}-${version}`)
  const installed = join(folder, 'node_modules', name)
  const manifest = join(installed, 'package.json')
  if (!existsSync(manifest) || readJson(manifest).version !== version) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    await npm(['install', '--no-audit', '--no-fund', '--ignore-scripts', `${name}@${version}`], {
      cwd: folder,
    })
  }
  return join(installed, program)
}
