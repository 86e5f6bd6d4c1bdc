// The public surface of every published package as `packages/*/api/ENTRY.d.ts`: its rolled declarations without their
// docstrings. `pnpm api` writes them, `pnpm check` compares, so that a changed surface shows in the review.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { declarationsOf, entriesOf } from '../entries.mjs'
import { publishedPackages, root } from '../workspace.mjs'

const head = `// Written by \`pnpm api\`. Removing or narrowing something here is a breaking change, adding is a minor one.\n`

/** Path and text of each surface; each entry is rolled by itself, so that it can be read by itself. */
async function surfaces() {
  const entries = publishedPackages().flatMap(({ folder }) =>
    Object.entries(entriesOf(folder)).map(([name, source]) => ({ folder, name, source })),
  )
  return Promise.all(
    entries.map(async ({ folder, name, source }) => {
      const build = await declarationsOf(folder, { [name]: source })
      const { output } = await build.generate({ comments: false })
      await build.close()
      return { path: join(folder, 'api', `${name}.d.ts`), text: head + withoutComments(output[0].code) }
    }),
  )
}

/** Docstrings stand on lines of their own in what the bundler writes. */
function withoutComments(code) {
  return code.replace(/^[ \t]*\/\*\*[\s\S]*?\*\/\n/gm, '').replace(/^\/\/#.*\n?/gm, '')
}

export async function writeSurfaces() {
  for (const { folder } of publishedPackages()) rmSync(join(folder, 'api'), { recursive: true, force: true })
  for (const { path, text } of await surfaces()) {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
  }
}

/** @returns a complaint for each entry whose surface is not the one written down. */
export async function checkSurfaces() {
  const stale = (await surfaces()).filter(
    ({ path, text }) => !existsSync(path) || readFileSync(path, 'utf8').replaceAll('\r\n', '\n') !== text,
  )
  return stale.map(
    ({ path }) =>
      `${relative(root, path)} is not the surface that is built. If that is meant: pnpm api, look at git diff, and say it in the changeset.`,
  )
}
