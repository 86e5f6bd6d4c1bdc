import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'

// Every ```ts block of every Markdown page is compiled as a module of its own, with blank lines before it so
// that the compiler's line numbers are those of the page.

interface Snippet {
  readonly page: string
  readonly line: number
  readonly code: string
  readonly file: string
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = fileURLToPath(new URL('../.snippets', import.meta.url))

function pages(): string[] {
  const markdownIn = (path: string): string[] =>
    existsSync(join(root, path))
      ? readdirSync(join(root, path))
          .filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
          .map((name) => join(path, name))
      : []
  const workspaces = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => join(parent, name)),
  )
  return ['.', 'docs', ...workspaces].flatMap(markdownIn)
}

function snippetsOf(page: string): Snippet[] {
  const text = readFileSync(join(root, page), 'utf8').replaceAll('\r\n', '\n')
  return [...text.matchAll(/^```(?:ts|typescript)\n([\s\S]*?)^```$/gm)].map((match) => {
    const line = text.slice(0, match.index).split('\n').length
    return { page, line, code: match[1] ?? '', file: `${page.replaceAll(/[^\w]/g, '-')}-${line}.ts` }
  })
}

function compile(all: readonly Snippet[]): { output: string; status: number | null } {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { file, line, code } of all) writeFileSync(join(folder, file), `${'\n'.repeat(line)}${code}`)
  const compilerOptions = {
    noEmit: true,
    declaration: false,
    declarationMap: false,
    isolatedDeclarations: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    types: ['node'],
    rootDir: '../../..',
  }
  const config = { extends: '../../../tsconfig.base.json', compilerOptions, include: ['*.ts'] }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  const manifest = createRequire(join(root, 'package.json')).resolve('typescript/package.json')
  const tsc = join(dirname(manifest), 'bin/tsc')
  const run = spawnSync(process.execPath, [tsc, '-p', folder, '--pretty', 'false'], {
    cwd: folder,
    encoding: 'utf8',
  })
  return { output: run.stdout + run.stderr, status: run.status }
}

const snippets = pages().flatMap(snippetsOf)

describe('the TypeScript in our Markdown', () => {
  let result: { output: string; status: number | null }
  beforeAll(() => {
    result = compile(snippets)
  })

  it('is found in the README and in each package', () => {
    const found = new Set(snippets.map(({ page }) => page))
    const published = readdirSync(join(root, 'packages')).filter((name) => name !== 'internal')
    const packages = published.map((name) => join('packages', name, 'README.md'))
    expect([...found]).toEqual(expect.arrayContaining(['README.md', ...packages]))
  })

  it.each(snippets)('$page, line $line', ({ file }) => {
    const complaints = result.output.split('\n').filter((text) => text.startsWith(`${file}(`))
    expect(complaints).toEqual([])
  })

  it('compiles as a whole, with no complaint outside the snippets', () => {
    expect(result).toEqual({ output: '', status: 0 })
  })
})
