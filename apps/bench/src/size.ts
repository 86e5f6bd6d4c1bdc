import { weigh } from './bundle.ts'
import { benchFolder } from './paths.ts'
import { type PeerName, peerPath, peerVersions } from './peers.ts'

/** What one entry point weighs once bundled, minified and gzipped. */
export interface Size {
  readonly name: string
  readonly kind: 'ours' | 'peer'
  readonly platform: 'browser' | 'node'
  readonly minifiedBytes: number
  readonly gzippedBytes: number
}

interface Entry {
  readonly name: string
  readonly kind: 'ours' | 'peer'
  readonly platform: 'browser' | 'node'
  readonly code: string
  readonly resolveDir: string
}

export async function benchSize(): Promise<Size[]> {
  const sizes: Size[] = []
  for (const entry of entries()) {
    const { minified, gzipped } = await weigh(entry)
    const { name, kind, platform } = entry
    sizes.push({ name, kind, platform, minifiedBytes: minified, gzippedBytes: gzipped })
  }
  return sizes
}

function entries(): Entry[] {
  const sign = "export { createAuthorizationHeader, hmacSha256 } from '@ibkr-auth/oauth1-signing'"
  const exchange =
    "export { parseDhParams, decryptAccessTokenSecret, beginExchange } from '@ibkr-auth/dh-live-session-token'"
  const jose = "export { SignJWT } from 'jose/jwt/sign'; export { importPKCS8 } from 'jose/key/import'"
  return [
    ours('oauth1-signing: createAuthorizationHeader and hmacSha256', 'browser', sign),
    ours('oauth1-signing, everything', 'browser', "export * from '@ibkr-auth/oauth1-signing'"),
    ours('dh-live-session-token: the client half', 'browser', exchange),
    ours('dh-live-session-token, everything', 'browser', "export * from '@ibkr-auth/dh-live-session-token'"),
    ours(
      'sso-jwt, everything',
      'browser',
      "export * from '@ibkr-auth/sso-jwt'; export * from '@ibkr-auth/sso-jwt/server'",
    ),
    ours('transport: requests', 'node', "export * from '@ibkr-auth/transport'"),
    ours(
      'transport, everything',
      'node',
      "export * from '@ibkr-auth/transport'; export * from '@ibkr-auth/transport/session'",
    ),
    ours('sandbox, everything', 'node', "export * from '@ibkr-auth/sandbox'"),
    { ...ours('jose/jwt/sign and importPKCS8', 'browser', jose), kind: 'peer' },
    peer('oauth-1.0a', 'browser'),
    peer('node-forge', 'browser'),
    peer('ibkr-client', 'node'),
    peer('got', 'node'),
    peer('axios', 'node'),
  ]
}

function ours(name: string, platform: Size['platform'], code: string): Entry {
  return { name, kind: 'ours', platform, code, resolveDir: benchFolder }
}

function peer(name: PeerName, platform: Size['platform']): Entry {
  const code =
    name === 'ibkr-client'
      ? `module.exports = require('${name}')`
      : `import peer from '${name}'; export { peer }`
  return { name: `${name} ${peerVersions[name]}`, kind: 'peer', platform, code, resolveDir: peerPath('') }
}
