import { startSandbox } from '@ibkr-auth/sandbox'
import { afterEach, expect, it, vi } from 'vitest'
import { createSsoClient } from '../src/clients/sso.ts'

const systemNow = Date.now

afterEach(() => vi.restoreAllMocks())

it.each([7, 400, 0])('signs every body by the clock of IBKR, though ours is %d s fast', async (seconds) => {
  const sandbox = await startSandbox({ now: () => systemNow() })
  vi.spyOn(Date, 'now').mockImplementation(() => systemNow() + seconds * 1000)
  const { oauth2, baseUrl } = sandbox.credentials
  const client = await createSsoClient({
    clientId: oauth2.clientId,
    clientKeyId: oauth2.keyId,
    privateKey: oauth2.privateKey,
    credential: oauth2.credential,
    publicIp: '127.0.0.1',
    baseUrl,
    gatewayUrl: sandbox.credentials.gatewayUrl,
  })
  const signIn = (): Promise<string> => client.browserUrl('203.0.113.7')
  try {
    // Two replies that agree tell the time, whatever their status; each way out learns it for itself.
    const signedIn = await [1, 2, 3].reduce((before) => before.catch(signIn), signIn())
    expect(new URL(signedIn).pathname).toBe('/sso/resolver')
  } finally {
    await client.close()
    await sandbox.close()
  }
})
