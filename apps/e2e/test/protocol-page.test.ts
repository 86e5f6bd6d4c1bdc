import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

// docs/protocol.md shows the published example as code. Blocks that say what they print are run, and print it.

const root = fileURLToPath(new URL('../../..', import.meta.url))
const folder = fileURLToPath(new URL('../.cache/protocol-page/', import.meta.url))
const page = readFileSync(join(root, 'docs', 'protocol.md'), 'utf8').replaceAll('\r\n', '\n')

const blocks = [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
  .map(([, code = ''], index) => ({
    code,
    file: join(folder, `block-${index + 1}.ts`),
    line: page.slice(0, page.indexOf(code)).split('\n').length,
    promised: [...code.matchAll(/^console\.log\(.*\) \/\/ → (.*)$/gm)].map(([, text]) => text),
  }))
  .filter(({ promised }) => promised.length > 0)

describe('docs/protocol.md', () => {
  const before = process.cwd()
  beforeAll(() => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const { code, file } of blocks) writeFileSync(file, code)
    process.chdir(root)
  })
  afterAll(() => process.chdir(before))

  it('runs the published example', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(4)
  })

  it.each(blocks)('prints what it says at line $line', async ({ file, promised }) => {
    const log = vi.spyOn(console, 'log').mockReturnValue()
    await import(file)
    const printed = log.mock.calls.map((values) => values.join(' '))
    log.mockRestore()
    expect(printed).toEqual(promised)
  })
})
