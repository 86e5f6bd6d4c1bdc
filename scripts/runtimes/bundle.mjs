// Bundles tests of the protocol packages for a runtime: those that need nothing of Node's, so that they run everywhere.
// Instead of the sources they import the installed packages.
import { join } from 'node:path'
import { build } from 'esbuild'
import { root } from '../workspace.mjs'

/** Path below `packages/NAME/test` without `.test.ts`. A test that begins to need Node's modules fails the bundling. */
export const portableTests = {
  'oauth1-signing': [
    'rfc5849',
    'first-party-exchange',
    'ibkr-example',
    'authorization-header',
    'nonce-store',
    'query-signing',
    'sign-request',
    'signature-base-string',
  ],
  'dh-live-session-token': ['lst-derivation', 'properties'],
  'sso-jwt': ['openssl', 'problem', 'replay-store'],
}

const made = 'await runTests(tests)'
/** How the result leaves the bundle: on the standard output, from a worker, in a page. */
const endings = {
  print: `console.log('report ' + JSON.stringify(${made}))`,
  worker: `export default { async test() { console.log('report ' + JSON.stringify(${made})) } }`,
  page: `globalThis.report = ${made}`,
}

/**
 * @param folder - a project that has the packages installed; the bundle is written there.
 * @param names - of the packages whose tests are taken.
 * @param options.conditions - those of a bundler for this runtime. Without them the packages stay outside of the
 * bundle, for the runtime to find.
 * @returns the path of the bundle.
 */
export async function bundleTests(folder, names, ending, { conditions } = {}) {
  const outfile = join(folder, `${ending}.mjs`)
  await build({
    stdin: { contents: entryOf(names) + endings[ending], resolveDir: root },
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'silent',
    define: { process: 'undefined' },
    alias: { vitest: join(root, 'scripts', 'runtimes', 'vitest.mjs') },
    conditions: conditions ?? [],
    plugins: [installedPackages(folder, conditions === undefined)],
  })
  return outfile
}

function entryOf(names) {
  const tests = names.map((name) => {
    const files = portableTests[name].map((test) => `packages/${name}/test/${test}.test.ts`)
    return `'${name}': { ${files.map((file) => `'${file}': () => import('./${file}')`).join(',\n')} }`
  })
  return `import { runTests } from 'vitest'\nconst tests = { ${tests.join(',\n')} }\n`
}

/** `../src/index.ts` is the package itself, `../src/server.ts` its server half; anything else of a source is refused. */
function installedPackages(folder, external) {
  const setup = ({ onResolve, resolve }) =>
    onResolve({ filter: /^[./]+\/src\// }, async ({ path, importer, kind }) => {
      const [, name] = /packages[\\/]([^\\/]+)[\\/]test/.exec(importer) ?? []
      const [, entry] = /^[./]+\/src\/(index|server)\.ts$/.exec(path) ?? []
      if (!entry) return { errors: [{ text: `${path} is internal: no test for every runtime` }] }
      const specifier = `@ibkr-auth/${name}${entry === 'index' ? '' : '/server'}`
      return external ? { path: specifier, external: true } : resolve(specifier, { kind, resolveDir: folder })
    })
  return { name: 'installed-packages', setup }
}
