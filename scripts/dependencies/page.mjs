// The page that lists every dependency.
import { developmentReasons, runtimeReasons } from './reasons.mjs'
import { developmentDependencies, runtimeDependencies } from './runtime.mjs'

export const dependenciesPath = 'docs/dependencies.md'

export function dependenciesPage() {
  return [
    '# Dependencies\n\n',
    'Written by `pnpm dependencies` from what is installed; `pnpm check` fails when a dependency is not on this page.\n\n',
    '## What an installation brings\n\n',
    'Versions are those of the lockfile, which the tests run with. An installation takes whatever the ranges of each\n',
    "package's manifest allow.\n\n",
    table(runtimeDependencies(), runtimeReasons),
    '\n## What only this repository uses\n\n',
    table(developmentDependencies(), { ...runtimeReasons, ...developmentReasons }),
  ].join('')
}

function table(dependencies, reasons) {
  const rows = [...dependencies]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { versions, license, usedBy }]) => {
      const users = usedBy.size > 4 ? `${usedBy.size} workspaces` : [...usedBy].sort().join(', ')
      return `| \`${name}\` | ${[...versions].sort().join(', ')} | ${license} | ${users} | ${reasons[name] ?? ''} |\n`
    })
  return [
    '| package | version | licence | used by | why |\n',
    '| --- | --- | --- | --- | --- |\n',
    ...rows,
  ].join('')
}
