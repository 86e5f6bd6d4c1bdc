import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

/** The libraries that ours are measured against, exactly these versions, in nobody's dependency graph. */
export const peerVersions = {
  'oauth-1.0a': '2.2.6',
  'oauth1-signature': '1.0.5',
  'ibkr-client': '1.0.4',
  jsonwebtoken: '9.0.3',
  ws: '8.23.0',
} as const

/** Where they are installed; git ignores it. */
export const peersFolder: string = fileURLToPath(new URL('../../.cache/peers/', import.meta.url))

const requireFromPeers = createRequire(`${peersFolder}package.json`)

/** Loads a peer as a CommonJS program would. */
export function requirePeer<Module>(name: keyof typeof peerVersions): Module {
  return requireFromPeers(name) as Module
}
