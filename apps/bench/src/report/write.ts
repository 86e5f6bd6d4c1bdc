import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { formatReport, type Results, readmeBlock } from './results.ts'

const bench = new URL('../../', import.meta.url)

/** Writes `results/latest.json`, and from it `REPORT.md` and the table of the repository's README. */
export async function writeResults(results: Results): Promise<void> {
  // Four significant digits are more than any of this is good for.
  const rounded = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(4)) : value
  const json = `${JSON.stringify(results, rounded, 1)}\n`
  const written = JSON.parse(json) as Results
  mkdirSync(new URL('results', bench), { recursive: true })
  writeFileSync(new URL('results/latest.json', bench), json)
  writeFileSync(new URL('REPORT.md', bench), formatReport(written))
  const readme = new URL('../../README.md', bench)
  const { replaceBlock } = await import(new URL('../../scripts/marked-block.mjs', bench).href)
  const page: string | undefined = replaceBlock(readFileSync(readme, 'utf8'), 'bench', readmeBlock(written))
  if (page === undefined) throw new Error('the README has no block named bench')
  writeFileSync(readme, page)
}
