import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { accessToken, consumerKey, realm } from './ways/inputs.ts'

/** The libraries that ours are measured against, exactly these versions, in nobody's dependency graph. */
export const peerVersions = {
  'oauth-1.0a': '2.2.6',
  'oauth1-signature': '1.0.5',
  'ibkr-client': '1.0.4',
  jsonwebtoken: '9.0.3',
  ws: '8.23.0',
} as const

/** Where they are installed; git ignores it. */
export const peersFolder: string = fileURLToPath(new URL('../.cache/peers/', import.meta.url))

/** Loads a peer as a CommonJS program would, without types: they are not there when this is compiled. */
export function requirePeer(name: keyof typeof peerVersions) {
  return createRequire(`${peersFolder}package.json`)(name)
}

/** @param keys - What only a handshake needs: encrypted secret, private keys as PEM, prime as hex. */
export function ibkrClient(keys: object = {}) {
  const nothing = { accessTokenSecret: '', encryption: '', signature: '', dhPrime: '' }
  const { IbkrClient } = requirePeer('ibkr-client')
  return new IbkrClient({ ...nothing, accessToken, consumerKey, realm, ...keys })
}
