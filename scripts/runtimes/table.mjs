// The matrix as the README shows it.
import { protocolPackages } from './project.mjs'

const primitives = { node: "OpenSSL's", portable: 'portable' }

export function tableOf({ date, results }) {
  const head = ['runtime', 'version', 'primitives', ...protocolPackages.map((name) => `\`${name}\``)]
  const rows = results.map((result) => [
    result.runtime,
    result.version ?? '',
    primitives[result.primitives],
    ...protocolPackages.map((name) => cell(result, name)),
  ])
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return `${lines.join('\n')}\n\nRun on ${date} from the packed packages by \`pnpm runtimes\`; the numbers are vectors and exchanges that passed.`
}

function cell({ outcome, packages }, name) {
  if (outcome === 'not run') return 'not run'
  const { passed, failed } = packages?.[name] ?? { passed: 0, failed: ['did not start'] }
  return failed.length === 0 ? `${passed}` : `**${failed.length} failed**`
}
