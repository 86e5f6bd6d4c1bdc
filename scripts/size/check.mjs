// Holds the size budgets and the tree shaking, and the figures that the READMEs show.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readBlock } from '../marked-block.mjs'
import { root } from '../workspace.mjs'
import { entries, singleFunctions } from './entries.mjs'
import { measure, measureUnused } from './measure.mjs'
import { measuredTables, readmePath } from './table.mjs'

/** A figure in a README may be off by this much: compressors differ between versions of Node. */
const tolerance = 0.03

/** @returns a complaint for each budget that is exceeded and each README whose figures are not the measured ones. */
export async function checkSizes() {
  const overBudget = [...entries, ...singleFunctions].map(async (entry) => {
    const { gzipped } = await measure(entry)
    const what = `${entry.package}, ${entry.only?.join(' + ') ?? entry.label}`
    return gzipped > entry.budget ? [`${what}: ${gzipped} bytes gzipped, budget ${entry.budget}`] : []
  })
  const leftOver = singleFunctions.map(async (entry) => {
    const { minified } = await measureUnused(entry)
    return minified > 0 ? [`${entry.package}: ${minified} bytes remain of an import that is not used`] : []
  })
  const complaints = await Promise.all([...overBudget, ...leftOver, staleFigures()])
  return complaints.flat()
}

async function staleFigures() {
  const tables = await measuredTables()
  return Object.entries(tables).flatMap(([shortName, table]) => {
    const path = readmePath(shortName)
    const shown = existsSync(join(root, path))
      ? readBlock(readFileSync(join(root, path), 'utf8'), 'size')
      : undefined
    if (shown === undefined) return [`${path} shows no sizes; pnpm sizes writes them`]
    return sameFigures(shown, table)
      ? []
      : [`${path} shows other sizes than measured; pnpm sizes writes them`]
  })
}

/** True if the texts are equal but for figures, and the figures within the tolerance. */
function sameFigures(shown, measured) {
  const figures = (text) => [...text.matchAll(/\d+\.\d+/g)].map(([figure]) => Number(figure))
  const words = (text) => text.replaceAll('\r\n', '\n').replace(/\d+\.\d+/g, '#')
  const now = figures(measured)
  const close = (figure, index) =>
    Math.abs(figure - now[index]) <= Math.max(0.1, now[index] * tolerance) + 1e-9
  return words(shown) === words(measured) && figures(shown).every(close)
}
