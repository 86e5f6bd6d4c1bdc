// Holds docs/dependencies.md: what is installed, why, and under which licence.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../workspace.mjs'
import { dependenciesPage, dependenciesPath } from './page.mjs'
import { acceptedLicences, developmentReasons, runtimeReasons } from './reasons.mjs'
import { developmentDependencies, runtimeDependencies } from './runtime.mjs'

/** @returns a complaint for each dependency without a reason or an accepted licence, and for a page that is out of date. */
export function checkDependencies() {
  const complaints = [
    ...complaintsAbout('runtime', runtimeDependencies(), runtimeReasons),
    ...complaintsAbout('development', developmentDependencies(), {
      ...runtimeReasons,
      ...developmentReasons,
    }),
  ]
  if (complaints.length > 0) return complaints
  const path = join(root, dependenciesPath)
  const page = existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : ''
  return page === dependenciesPage()
    ? []
    : [`${dependenciesPath} is out of date; pnpm dependencies writes it`]
}

function complaintsAbout(kind, installed, reasons) {
  const unexplained = [...installed]
    .filter(([name]) => !reasons[name])
    .map(
      ([name, { usedBy }]) =>
        `${name} is a new ${kind} dependency (${[...usedBy].join(', ')}): say why in scripts/dependencies/reasons.mjs`,
    )
  const gone = Object.keys(reasons)
    .filter((name) => !installed.has(name) && (kind === 'runtime' || !runtimeReasons[name]))
    .map(
      (name) =>
        `${name} is no ${kind} dependency any more: delete its line in scripts/dependencies/reasons.mjs`,
    )
  const licences = [...installed]
    .filter(([, { license }]) => kind === 'runtime' && !acceptedLicences.includes(license))
    .map(
      ([name, { license }]) =>
        `${name} has the licence ${license}, which scripts/dependencies/reasons.mjs does not accept`,
    )
  return [...unexplained, ...gone, ...licences]
}
