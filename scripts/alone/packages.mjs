// What each package needs to be used alone, and what is expected of it.

const protocol = ['oauth1-signing', 'dh-live-session-token', 'sso-jwt']

/**
 * `siblings` are the packages it depends on; `environment` says what a TypeScript user has around it: protocol packages
 * need neither Node's types nor the DOM's. `entry` is the file that Node must load.
 * `subpath` is what is imported where a package has no root entry.
 * `beside` are projects of their own in a folder of that name, which the task runs as other programs.
 */
export const packages = [
  { name: 'oauth1-signing', siblings: [], environment: 'bare', entry: 'node/index' },
  { name: 'dh-live-session-token', siblings: [], environment: 'bare', entry: 'node/index' },
  { name: 'sso-jwt', siblings: [], environment: 'bare', entry: 'node/index' },
  {
    name: 'transport',
    siblings: [],
    environment: 'node',
    entry: 'index',
    beside: { server: ['sandbox', ...protocol] },
  },
  { name: 'streaming', siblings: [], environment: 'node', entry: 'index' },
  { name: 'shared-session', siblings: [], environment: 'node', entry: 'index' },
  {
    name: 'cli',
    subpath: '/profile',
    siblings: [...protocol, 'transport', 'sandbox'],
    environment: 'node',
    entry: 'profile',
  },
  { name: 'sandbox', siblings: protocol, environment: 'node', entry: 'index' },
]

/** Node's types in the version that the oldest supported Node has. */
export const nodeTypes = { '@types/node': '20.19.43' }
