// `pnpm api`: writes the public surface of every published package to `packages/*/api/ENTRY.d.ts`: its rolled
// declarations without their docstrings. `pnpm check` calls it and asks git, so that a changed surface shows in the review.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { declarationsOf, entriesOf } from './entries.mjs'
import { publishedPackages } from './workspace.mjs'

const head = `// Written by \`pnpm api\`. Removing or narrowing something here is a breaking change, adding is a minor one.\n`

for (const { folder } of publishedPackages()) {
  rmSync(join(folder, 'api'), { recursive: true, force: true })
  const entries = Object.entries(entriesOf(folder))
  await Promise.all(entries.map(([name, source]) => writeSurface(folder, name, source)))
}

/** Each entry is rolled by itself, so that it can be read by itself. */
async function writeSurface(folder, name, source) {
  const build = await declarationsOf(folder, { [name]: source })
  const { output } = await build.generate({ comments: false })
  await build.close()
  const path = join(folder, 'api', `${name}.d.ts`)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, head + withoutComments(output[0].code))
}

/** Docstrings stand on lines of their own in what the bundler writes. */
function withoutComments(code) {
  return code.replace(/^[ \t]*\/\*\*[\s\S]*?\*\/\n/gm, '').replace(/^\/\/#.*\n?/gm, '')
}
