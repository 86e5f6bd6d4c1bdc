// The runtimes: how each runs the tests, and which primitives it must load. `start` returns the tests' report.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { chromium } from 'playwright-core'
import { run } from '../run.mjs'
import { bundleTests, portableTests } from './bundle.mjs'
import { installTool, tools } from './tools.mjs'

const names = Object.keys(portableTests)
const quiet = { ...process.env, NO_COLOR: '1', NODE_OPTIONS: '', DENO_NO_UPDATE_CHECK: '1' }

/** Runs the tests as a program; the packages are found by the runtime itself. */
const asProgram = (key, primitives, flags) => ({
  key,
  version: tools[key].version,
  primitives,
  async start(folder) {
    const program = await installTool(key)
    const bundle = await bundleTests(folder, names, 'print')
    return reportIn(await run(program, [...flags, bundle], { cwd: folder, env: quiet }))
  },
})

// Without a single permission: no network, no files, no environment.
const denoFlags = ['run', '--no-prompt', '--no-remote', '--no-lock', '--node-modules-dir=manual']

export const runtimes = [
  asProgram('node20', 'node', ['--no-warnings']),
  asProgram('node22', 'node', ['--no-warnings']),
  asProgram('node24', 'node', ['--no-warnings']),
  asProgram('node26', 'node', ['--no-warnings']),
  asProgram('bun', 'portable', ['run']),
  asProgram('deno', 'node', denoFlags),
  { key: 'workerd', version: tools.workerd.version, primitives: 'portable', start: onWorkerd },
  { key: 'chromium', version: '', primitives: 'portable', start: onChromium },
]

function reportIn({ stdout, stderr }) {
  const found = /^report (.*)$/m.exec(`${stdout}\n${stderr}`)
  if (!found) throw new Error(`no report in the output:\n${stdout}${stderr}`)
  return JSON.parse(found[1])
}

/** Bundled, as a worker, without Node compatibility and without network. */
async function onWorkerd(folder) {
  await bundleTests(folder, names, 'worker', { conditions: ['workerd', 'worker'] })
  const config = join(folder, 'tests.capnp')
  const worker =
    'modules = [(name = "worker", esModule = embed "worker.mjs")], compatibilityDate = "2025-01-01"'
  writeFileSync(
    config,
    `using Workerd = import "/workerd/workerd.capnp";
const tests :Workerd.Config = (services = [(name = "tests", worker = (${worker}))]);\n`,
  )
  return reportIn(await run(await installTool('workerd'), ['test', config], { cwd: folder }))
}

/** Bundled, in a page of an address that never leaves the browser. */
async function onChromium(folder) {
  const body = readFileSync(await bundleTests(folder, names, 'page', { conditions: ['browser'] }))
  const executablePath = process.env.CHROME_PATH ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-quic'] })
  try {
    const page = await browser.newPage()
    const complaints = []
    page.on('pageerror', (error) => complaints.push(String(error)))
    await page.route('**/*', (route) =>
      route.fulfill(
        route.request().url().endsWith('.mjs')
          ? { contentType: 'text/javascript', body }
          : { contentType: 'text/html', body: '<!doctype html><meta charset="utf-8">' },
      ),
    )
    await page.goto('https://tests.localhost/')
    await page.addScriptTag({ type: 'module', url: '/page.mjs' })
    const report = await page.waitForFunction(() => globalThis.report, undefined, { timeout: 120_000 })
    return await report.jsonValue()
  } finally {
    await browser.close()
  }
}
