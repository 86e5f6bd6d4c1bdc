import { startSandbox } from '@ibkr-auth/sandbox'
import { expect, it } from 'vitest'
import { createFirstPartyClient } from '../src/clients/first-party.ts'

it('names querySigning in the second error where only requests with a query are refused', async () => {
  const sandbox = await startSandbox({ querySigning: 'rfc5849' })
  const { consumerKey, accessToken, accessTokenSecret, dhPrime, dhGenerator, realm, baseUrl } =
    sandbox.credentials
  const client = createFirstPartyClient({
    consumerKey,
    accessToken,
    accessTokenSecret,
    dhParams: { prime: dhPrime, generator: dhGenerator },
    signatureKey: sandbox.credentials.signingKey,
    encryptionKey: sandbox.credentials.encryptionKey,
    realm,
    baseUrl,
  })
  const refused = (): Promise<unknown> => client.snapshot([265598, 8314]).catch((error: unknown) => error)
  try {
    expect(await client.accounts()).toEqual(['DU1234567'])
    expect(await refused()).toMatchObject({ status: 401 })
    expect(await refused()).toMatchObject({
      code: 'ERR_TRANSPORT_UNAUTHENTICATED',
      status: 401,
      sent: 'yes',
      message: expect.stringMatching(/querySigning "omit"; try "rfc5849", "guide", "raw"/),
    })
  } finally {
    await client.close()
    await sandbox.close()
  }
})
