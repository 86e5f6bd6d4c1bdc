import { generateKeyPairSync } from 'node:crypto'
import { expect, it } from 'vitest'
import { createSsoClient } from '../src/clients/sso.ts'

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
})

it.each([
  ['gatewayUrl', '/gw/api/v1'],
  ['oauth2Url', '/oauth2/api/v1/token'],
])('names %s where it has another path, or is no URL', async (option, path) => {
  const identity = {
    clientId: 'C',
    clientKeyId: 'main',
    privateKey,
    credential: 'u',
    publicIp: '203.0.113.7',
  }
  for (const url of ['https://api.ibkr.com', 'https://api.ibkr.com/gw', `api.ibkr.com${path}`, '']) {
    await expect(createSsoClient({ ...identity, [option]: url })).rejects.toThrow(
      `${option} must end in ${path}, as https://api.ibkr.com${path} does.`,
    )
  }
})
