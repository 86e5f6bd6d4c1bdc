// `pnpm release`, in the release workflow only: publishes what is new, tags it, and writes the release notes on GitHub.
// Authentication is the workflow's own identity (trusted publishing); there is no token to keep.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { git, npm, run } from '../run.mjs'
import { inTemporaryFolder, packAll } from '../stranger.mjs'
import { publishedPackages, root } from '../workspace.mjs'
import { publishNew } from './publish.mjs'

if (!process.env.GITHUB_ACTIONS) {
  console.error('Releases are made by the release workflow; pnpm release:dry-run shows what it would do.')
  process.exit(2)
}

const { stdout } = await npm(['--version'])
const [major, minor, patch] = stdout.trim().split('.').map(Number)
if (major * 1e6 + minor * 1e3 + patch < 11_005_001) {
  throw new Error(`npm ${stdout.trim()} knows no trusted publishing; 11.5.1 or later does`)
}

const published = await inTemporaryFolder('release', async (folder) =>
  publishNew(await packAll(folder), { flags: ['--provenance'] }),
)
for (const { name, version } of published) console.log(`published ${name}@${version}`)
if (published.length === 0) console.log('Nothing to publish: the registry has every version.')
for (const entry of publishedPackages()) await announce(entry)

/** Tag and release notes, also for a version whose publication was the last thing that an earlier run managed. */
async function announce({ shortName, manifest: { name, version } }) {
  const tag = `${name}@${version}`
  const { stdout: known } = await git(['ls-remote', '--tags', 'origin', `refs/tags/${tag}`], { cwd: root })
  if (known !== '') return
  const notes = notesOf(readFileSync(join(root, 'packages', shortName, 'CHANGELOG.md'), 'utf8'), version)
  await git(['tag', tag], { cwd: root })
  await git(['push', 'origin', tag], { cwd: root })
  await run('gh', ['release', 'create', tag, '--title', tag, '--notes-file', '-', '--verify-tag'], {
    cwd: root,
    input: notes,
  })
  console.log(`announced ${tag}`)
}

/** What a changelog says about one version; throws when it says nothing, for a release without notes helps no one. */
function notesOf(changelog, version) {
  const part = changelog.split(/^## /m).find((text) => text.startsWith(`${version}\n`))
  const notes = part?.slice(version.length).trim()
  if (!notes) throw new Error(`The changelog has no entry for ${version}`)
  return notes
}
