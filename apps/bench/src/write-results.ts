import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { comparable, differences } from './agreement.ts'
import { benchFolder, repositoryFolder, resultsFolder } from './paths.ts'
import { type EarlierRun, formatReport } from './report.ts'
import type { Results } from './results.ts'
import { readmeBlock } from './summary.ts'

interface MarkedBlock {
  replaceBlock(page: string, name: string, content: string): string | undefined
}

/** Writes `results/latest.json`, `REPORT.md` and the table in the README, and gives the text of the report. */
export async function writeResults(results: Results): Promise<string> {
  const file = join(resultsFolder, 'latest.json')
  const report = formatReport(results, compareWith(file, results))
  mkdirSync(resultsFolder, { recursive: true })
  writeFileSync(file, `${JSON.stringify(results, rounded, 2)}\n`)
  writeFileSync(join(benchFolder, 'REPORT.md'), report)
  await fillReadme(results)
  return report
}

function compareWith(file: string, results: Results): EarlierRun | undefined {
  if (!existsSync(file)) return undefined
  const earlier = JSON.parse(readFileSync(file, 'utf8')) as Results
  if (!comparable(results, earlier)) return undefined
  return { date: earlier.date, differences: differences(results, earlier) }
}

/** Six significant digits are more than any of this is good for. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(6)) : value
}

async function fillReadme(results: Results): Promise<void> {
  const readme = join(repositoryFolder, 'README.md')
  if (!existsSync(readme)) return
  const script = pathToFileURL(join(repositoryFolder, 'scripts', 'marked-block.mjs')).href
  const { replaceBlock } = (await import(script)) as MarkedBlock
  const page = replaceBlock(readFileSync(readme, 'utf8'), 'bench', readmeBlock(results))
  if (page !== undefined) writeFileSync(readme, page)
}
