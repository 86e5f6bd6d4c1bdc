/** What a changelog says about one version; throws when it says nothing, for a release without notes helps no one. */
export function changelogSection(changelog, version) {
  const parts = changelog.replaceAll('\r\n', '\n').split(/^## /m)
  const part = parts.find((text) => text.startsWith(`${version}\n`))
  const section = part?.slice(version.length).trim()
  if (!section) throw new Error(`The changelog has no entry for ${version}`)
  return section
}
