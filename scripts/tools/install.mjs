// Installs a tool of the table into .cache/tools, once, and tells where its program is.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { npm } from '../run.mjs'
import { root } from '../workspace.mjs'
import { tools } from './versions.mjs'

const installations = new Map()

/**
 * @returns the path of the tool's program, ready to run. Calls at the same time share one installation.
 * @throws when the tool does not exist for this system or cannot be installed.
 */
export function installTool(name) {
  if (!installations.has(name)) installations.set(name, install(name))
  return installations.get(name)
}

async function install(name) {
  const tool = tools[name]
  if (!tool?.package) throw new Error(`${name} is not packaged for ${process.platform} on ${process.arch}`)
  const folder = join(root, '.cache', 'tools', `${name}-${tool.version}`)
  const installed = join(folder, 'node_modules', tool.package)
  if (!isInstalled(installed, tool.version)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
    await npm(['install', '--no-audit', '--no-fund', '--ignore-scripts', `${tool.package}@${tool.version}`], {
      cwd: folder,
    })
  }
  return join(installed, tool.program)
}

function isInstalled(installed, version) {
  const manifest = join(installed, 'package.json')
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version
}
