// `pnpm start`: build what the example needs, quietly, then run the demo.
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { runTurbo } from './turbo.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const build = runTurbo(['run', 'build', '--filter=@ibkr-auth/example'], { cwd: root, encoding: 'utf8' })
if (build.status !== 0) {
  process.stderr.write(`${build.stdout}${build.stderr}\nThe build failed; its output stands above.\n`)
  process.exit(1)
}
const program = fileURLToPath(new URL('../apps/example/dist/main.js', import.meta.url))
const demo = spawnSync(process.execPath, [program, ...process.argv.slice(2)], { stdio: 'inherit' })
process.exitCode = demo.status ?? 1
