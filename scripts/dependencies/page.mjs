// `pnpm dependencies`: writes docs/dependencies.md from what pnpm says is installed and from the reasons kept by hand.
// Fails on a dependency without a reason, a reason without a dependency, and a licence that is not accepted.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { pnpm } from '../run.mjs'
import { root } from '../workspace.mjs'
import { acceptedLicences, developmentReasons, runtimeReasons } from './reasons.mjs'

const users = await installed('--filter', './packages/*', '--prod')
const everything = await installed('--recursive')
const development = await ofTheWorkspace(everything)
const complaints = [
  ...unexplained(users, runtimeReasons),
  ...unexplained(development, { ...developmentReasons, ...runtimeReasons }),
  ...gone(users, runtimeReasons),
  ...gone(development, developmentReasons),
  ...users.filter(({ license }) => !acceptedLicences.includes(license)).map(badLicence),
]
for (const complaint of complaints) console.error(`✗ ${complaint}`)
if (complaints.length > 0) process.exit(1)

const page = `# Dependencies

Written by \`pnpm dependencies\` from what is installed; \`pnpm check\` fails when a dependency has no reason here, or a
licence that is not accepted.

## What an installation brings

Versions are those of the lockfile, which the tests run with. An installation takes whatever the ranges of each
package's manifest allow.

${table(users, runtimeReasons)}
## What only this repository uses

${table(development, { ...runtimeReasons, ...developmentReasons })}`
writeFileSync(join(root, 'docs', 'dependencies.md'), page)

/** What pnpm lists, by name: transitive dependencies too, the workspace's own packages not. */
async function installed(...flags) {
  const { stdout } = await pnpm([...flags, 'licenses', 'list', '--json'], { cwd: root })
  return Object.values(JSON.parse(stdout))
    .flat()
    .filter(({ name }) => !name.startsWith('@ibkr-auth/'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** What the manifests name as `devDependencies`, in the versions that are installed for them. */
async function ofTheWorkspace(known) {
  const { stdout } = await pnpm(['list', '--recursive', '--depth=0', '--dev', '--json'], { cwd: root })
  const direct = JSON.parse(stdout).flatMap(({ devDependencies = {} }) => Object.values(devDependencies))
  const versionsOf = (name) => [
    ...new Set(direct.filter(({ from }) => from === name).map(({ version }) => version)),
  ]
  const named = known.map((dependency) => ({ ...dependency, versions: versionsOf(dependency.name) }))
  return named.filter(({ versions }) => versions.length > 0)
}

function unexplained(dependencies, reasons) {
  const unknown = dependencies.filter(({ name }) => !Object.hasOwn(reasons, name))
  return unknown.map(({ name }) => `${name} is new: say why in scripts/dependencies/reasons.mjs`)
}

function gone(dependencies, reasons) {
  const names = new Set(dependencies.map(({ name }) => name))
  const unused = Object.keys(reasons).filter((name) => !names.has(name))
  return unused.map(
    (name) => `${name} is not used any more: delete its line in scripts/dependencies/reasons.mjs`,
  )
}

function badLicence({ name, license }) {
  return `${name} has the licence ${license}, which scripts/dependencies/reasons.mjs does not accept`
}

function table(dependencies, reasons) {
  const rows = dependencies.map(
    ({ name, versions, license }) =>
      `| \`${name}\` | ${versions.toSorted().join(', ')} | ${license} | ${reasons[name]} |\n`,
  )
  return `| package | version | licence | why |\n| --- | --- | --- | --- |\n${rows.join('')}`
}
