// For runtimes with a command line: Node, Deno, Bun.
import { runSuite } from './run-suite.mjs'

console.log(`report ${JSON.stringify(await runSuite())}`)
