import { createRequire } from 'node:module'
import process from 'node:process'

// Runs in a process of its own: loads one module and prints how long that took, in ms.

const [how, target = ''] = process.argv.slice(2)
const require = createRequire(import.meta.url)

const start = process.hrtime.bigint()
if (how === 'require') require(target)
else await import(target)
const elapsed = process.hrtime.bigint() - start

process.stdout.write(`${Number(elapsed) / 1e6}`)
