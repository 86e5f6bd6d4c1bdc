// What users import, and how many bytes that may cost them: minified and gzipped, dependencies included unless said.

const portable = { platform: 'neutral', conditions: [] }
const onNode = { platform: 'node', conditions: ['node'] }

/** `only` says what is imported; nothing means the whole package. Budgets in bytes. */
export const entries = [
  {
    package: 'oauth1-signing',
    label: 'sign with HMAC-SHA256',
    only: ['createAuthorizationHeader', 'hmacSha256'],
    budget: 7_600,
    ...portable,
  },
  {
    package: 'oauth1-signing',
    label: 'sign with HMAC-SHA256, on Node',
    only: ['createAuthorizationHeader', 'hmacSha256'],
    budget: 5_800,
    ...onNode,
  },
  { package: 'oauth1-signing', label: 'everything', budget: 22_500, ...portable },
  {
    package: 'dh-live-session-token',
    label: 'an exchange',
    only: ['beginExchange'],
    budget: 9_000,
    ...portable,
  },
  {
    package: 'dh-live-session-token',
    label: 'an exchange, on Node',
    only: ['beginExchange'],
    budget: 9_000,
    ...onNode,
  },
  { package: 'dh-live-session-token', label: 'everything', budget: 14_500, ...portable },
  {
    package: 'sso-jwt',
    label: 'an access token',
    only: ['importSigningKey', 'createClientAssertion', 'createTokenRequest', 'readTokenResponse'],
    budget: 12_500,
    ...portable,
  },
  { package: 'sso-jwt', label: 'everything', budget: 20_500, ...portable },
  {
    package: 'transport',
    label: 'requests, without undici and tough-cookie',
    only: ['createTransport'],
    external: ['undici', 'tough-cookie'],
    budget: 17_000,
    ...onNode,
  },
  {
    package: 'transport',
    label: 'everything, without undici and tough-cookie',
    external: ['undici', 'tough-cookie'],
    budget: 42_000,
    ...onNode,
  },
  {
    package: 'shared-session',
    label: 'everything, jose included, without a Redis client',
    budget: 40_000,
    ...onNode,
  },
  {
    package: 'streaming',
    label: 'everything, without undici',
    external: ['undici'],
    budget: 12_000,
    ...onNode,
  },
  {
    package: 'cli',
    label: 'a profile, without the packages it depends on',
    external: ['@ibkr-auth/oauth1-signing'],
    budget: 5_000,
    ...onNode,
  },
  {
    package: 'sandbox',
    label: 'everything, without its dependencies',
    external: [
      '@ibkr-auth/oauth1-signing',
      '@ibkr-auth/dh-live-session-token',
      '@ibkr-auth/sso-jwt',
      'hono',
      'hono/*',
      '@hono/*',
      'ws',
      '@peculiar/*',
    ],
    budget: 70_000,
    ...onNode,
  },
]

/** Tree shaking: one function must not pull the rest. Budgets in bytes, far below the entries above. */
export const singleFunctions = [
  { package: 'oauth1-signing', only: ['percentEncode'], budget: 1_000, ...portable },
  { package: 'oauth1-signing', only: ['isOAuth1Error'], budget: 1_200, ...portable },
  { package: 'dh-live-session-token', only: ['isLiveSessionTokenError'], budget: 1_000, ...portable },
  { package: 'sso-jwt', only: ['isSsoJwtError'], budget: 1_200, ...portable },
  { package: 'transport', only: ['isTransportError'], budget: 1_500, ...onNode },
]
