// How changesets writes a changelog entry: the sentence for the person who upgrades, and nothing else.

async function getReleaseLine({ summary }) {
  const [first, ...rest] = summary.trim().split('\n')
  return [`- ${first}`, ...rest.map((line) => (line === '' ? '' : `  ${line}`))].join('\n')
}

async function getDependencyReleaseLine(_changesets, dependencies) {
  if (dependencies.length === 0) return ''
  const names = dependencies.map(({ name, newVersion }) => `\`${name}\` ${newVersion}`)
  return `- Works with ${names.join(', ')}.`
}

module.exports = { getReleaseLine, getDependencyReleaseLine }
