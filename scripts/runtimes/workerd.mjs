// Runs the suite as a worker: bundled, started by `workerd test`, without Node compatibility and without network.
import { writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { run } from '../run.mjs'
import { bundleSuite } from './bundle.mjs'
import { findReport } from './report.mjs'

const config = (file) => `using Workerd = import "/workerd/workerd.capnp";

const suite :Workerd.Config = (
  services = [(
    name = "suite",
    worker = (
      modules = [(name = "worker", esModule = embed "${file}")],
      compatibilityDate = "2025-01-01",
    ),
  )],
);
`

export async function onWorkerd(program, folder) {
  const bundle = await bundleSuite(folder, 'worker.mjs', ['workerd', 'worker'])
  const path = join(dirname(bundle), 'suite.capnp')
  writeFileSync(path, config(basename(bundle)))
  return findReport(await run(program, ['test', path], { cwd: dirname(bundle) }))
}
