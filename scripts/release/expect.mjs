import assert from 'node:assert/strict'

/** The version after a bump: `0.1.0` and minor give `0.2.0`. */
export function bumped(version, bump) {
  const [major, minor, patch] = version.split('.').map(Number)
  if (bump === 'major') return `${major + 1}.0.0`
  return bump === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`
}

/** Fails unless exactly the packages named moved, each as said. */
export function versionsMoved(before, after, bumps) {
  const expected = Object.entries(before).map(([name, version]) => [
    name,
    bumps[name] ? bumped(version, bumps[name]) : version,
  ])
  assert.deepEqual(after, Object.fromEntries(expected))
}
