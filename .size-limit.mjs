// What users import, and how many bytes that may cost them: bundled by esbuild, minified and gzipped, dependencies
// included unless said. `pnpm sizes` writes the limits into the READMEs, `pnpm check` holds them.

/** `names` says what is imported; nothing means the whole package. */
function entry(name, what, limit, { names, files = ['index'], on = 'anything', ignore = [] } = {}) {
  const folder = `./packages/${name}/dist/${on === 'Node, by its own build' ? 'node/' : ''}`
  const exported = names ? `{ ${names.join(', ')} }` : '*'
  return {
    name: `${name}: ${what}`,
    path: files.map((file) => `${folder}${file}.js`),
    limit: `${limit} kB`,
    gzip: true,
    modifyEsbuildConfig: (config) => ({
      ...config,
      entryPoints: undefined,
      stdin: {
        contents: files.map((file) => `export ${exported} from '${folder}${file}.js'`).join('\n'),
        resolveDir: import.meta.dirname,
      },
      format: 'esm',
      target: 'es2022',
      platform: on === 'anything' ? 'browser' : 'node',
      external: [...ignore, 'node:*'],
    }),
  }
}

const whole = { files: ['index', 'server'] }
const node = { on: 'Node' }
const header = ['createAuthorizationHeader', 'hmacSha256']
const accessToken = ['importSigningKey', 'createClientAssertion', 'createTokenRequest', 'readTokenResponse']
const http = ['undici', 'tough-cookie']
const ofTheSandbox = ['@ibkr-auth/*', 'hono', 'hono/*', '@hono/*', 'ws', '@peculiar/*']

export default [
  entry('oauth1-signing', 'sign with HMAC-SHA256', 8.75, { names: header }),
  entry('oauth1-signing', 'sign with HMAC-SHA256, on Node', 6.1, {
    names: header,
    on: 'Node, by its own build',
  }),
  entry('oauth1-signing', 'everything', 24.1, whole),
  entry('dh-live-session-token', 'an exchange', 8.7, { names: ['beginExchange'] }),
  entry('dh-live-session-token', 'everything', 13.8, whole),
  entry('sso-jwt', 'an access token', 12.4, { names: accessToken }),
  entry('sso-jwt', 'everything', 20.5, whole),
  entry('transport', 'requests, without undici and tough-cookie', 18.5, {
    names: ['createTransport'],
    ignore: http,
    ...node,
  }),
  entry('transport', 'everything, without undici and tough-cookie', 45.25, {
    files: ['index', 'session'],
    ignore: http,
    ...node,
  }),
  entry('shared-session', 'everything, jose included, without a Redis client', 36, {
    files: ['index', 'conformance'],
    ...node,
  }),
  entry('streaming', 'everything, without undici', 17.5, { ignore: ['undici'], ...node }),
  entry('cli', 'a profile, without the packages it depends on', 4, {
    files: ['profile'],
    ignore: ['@ibkr-auth/*'],
    ...node,
  }),
  entry('sandbox', 'everything, without its dependencies', 69, { ignore: ofTheSandbox, ...node }),
  // One function must not pull the rest.
  entry('oauth1-signing', 'percentEncode alone', 0.95, { names: ['percentEncode'] }),
  entry('oauth1-signing', 'isOAuth1Error alone', 1.2, { names: ['isOAuth1Error'] }),
  entry('dh-live-session-token', 'isLiveSessionTokenError alone', 1, { names: ['isLiveSessionTokenError'] }),
  entry('sso-jwt', 'isSsoJwtError alone', 1.2, { names: ['isSsoJwtError'] }),
  entry('transport', 'isTransportError alone', 1.5, { names: ['isTransportError'], ignore: http, ...node }),
]
