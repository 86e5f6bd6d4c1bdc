import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { firstPartyOptions, ssoOptions, thirdPartyOptions } from '../src/program/client-settings.ts'
import { readSettings, SettingError } from '../src/program/settings.ts'

const folder = mkdtempSync(join(tmpdir(), 'settings-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(name: string, content: unknown): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

fileOf('private_signature.pem', 'the signature key')
fileOf('private_encryption.pem', 'the encryption key')
fileOf('oauth2_private.pem', 'the oauth2 key')
const config = fileOf('credentials.json', {
  consumerKey: 'FROMAFILE',
  accessToken: 'token',
  accessTokenSecret: 'secret',
  dhPrime: 'abcdef',
  dhGenerator: 2,
  realm: 'limited_poa',
  oauth2: { clientId: 'client', keyId: 'kid', credential: 'user', scopes: ['a.read', 'b.write'] },
  baseUrl: 'http://127.0.0.1:4000/v1/api',
  gatewayUrl: 'http://127.0.0.1:4000/gw/api/v1',
  oauth2Url: 'http://127.0.0.1:4000/oauth2/api/v1/token',
})

function settingThatFails(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof SettingError) return error.setting
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('settings', () => {
  it("come from the JSON file of the sandbox's format, with the keys beside it", () => {
    expect(firstPartyOptions(readSettings({}, config))).toEqual({
      consumerKey: 'FROMAFILE',
      accessToken: 'token',
      accessTokenSecret: 'secret',
      dhParams: { prime: 'abcdef', generator: 2n },
      realm: 'limited_poa',
      signatureKey: 'the signature key',
      encryptionKey: 'the encryption key',
      baseUrl: 'http://127.0.0.1:4000/v1/api',
    })
    expect(ssoOptions(readSettings({}, config))).toEqual({
      clientId: 'client',
      clientKeyId: 'kid',
      credential: 'user',
      privateKey: 'the oauth2 key',
      publicIp: '127.0.0.1',
      scopes: ['a.read', 'b.write'],
      baseUrl: 'http://127.0.0.1:4000/v1/api',
      gatewayOrigin: 'http://127.0.0.1:4000',
      oauth2Origin: 'http://127.0.0.1:4000',
    })
  })

  it('come from the environment first, under our names before those of ibind', () => {
    const ibind = { IBIND_OAUTH1A_CONSUMER_KEY: 'IBINDSKEY', IBIND_OAUTH1A_REALM: 'test_realm' }
    expect(firstPartyOptions(readSettings(ibind, config))).toMatchObject({
      consumerKey: 'IBINDSKEY',
      realm: 'test_realm',
    })
    const both = { ...ibind, IBKR_CONSUMER_KEY: 'OURNAMEDK' }
    expect(firstPartyOptions(readSettings(both, config)).consumerKey).toBe('OURNAMEDK')
  })

  it('understand every variable that ibind has for OAuth 1.0a', () => {
    const settings = readSettings(
      {
        IBIND_OAUTH1A_ACCESS_TOKEN: 'token',
        IBIND_OAUTH1A_ACCESS_TOKEN_SECRET: 'secret',
        IBIND_OAUTH1A_CONSUMER_KEY: 'ABCDEFGHI',
        IBIND_OAUTH1A_DH_PRIME: 'abcdef',
        IBIND_OAUTH1A_DH_GENERATOR: '5',
        IBIND_OAUTH1A_ENCRYPTION_KEY_FP: join(folder, 'private_encryption.pem'),
        IBIND_OAUTH1A_SIGNATURE_KEY_FP: join(folder, 'private_signature.pem'),
        IBIND_OAUTH1A_REALM: 'test_realm',
        IBIND_OAUTH1A_REST_URL: 'https://api.ibkr.com/v1/api/',
      },
      undefined,
    )
    expect(firstPartyOptions(settings)).toEqual({
      consumerKey: 'ABCDEFGHI',
      accessToken: 'token',
      accessTokenSecret: 'secret',
      dhParams: { prime: 'abcdef', generator: 5n },
      realm: 'test_realm',
      signatureKey: 'the signature key',
      encryptionKey: 'the encryption key',
      baseUrl: 'https://api.ibkr.com/v1/api',
    })
  })

  it("sends users to IBKR's page for IBKR, and to the server's own page otherwise", () => {
    const ibkr = { IBKR_BASE_URL: 'https://1.api.ibkr.com/v1/api' }
    expect(thirdPartyOptions(readSettings(ibkr, config)).authorizeUrl).toBeUndefined()
    expect(thirdPartyOptions(readSettings({}, config)).authorizeUrl).toBe('http://127.0.0.1:4000/authorize')
  })

  it.each([
    ['consumerKey', { consumerKey: undefined }],
    ['dhPrime', { dhPrime: undefined }],
    ['dhGenerator', { dhGenerator: 'two' }],
    ['querySigning', { querySigning: 'guess' }],
    ['baseUrl', { baseUrl: 'api.ibkr.com' }],
    ['signatureKeyFile', { signatureKeyFile: 'nowhere.pem' }],
  ])('names %s where it is missing or cannot be used', (setting, change) => {
    const members = {
      consumerKey: 'ABCDEFGHI',
      accessToken: 't',
      accessTokenSecret: 's',
      dhPrime: 'abcdef',
      ...change,
    }
    const path = fileOf('changed.json', members)
    expect(settingThatFails(() => firstPartyOptions(readSettings({}, path)))).toBe(setting)
  })

  it('take DH parameters from the environment, as a file too, before a prime in the JSON file', () => {
    const environment = { IBKR_DH_PARAMS_FILE: fileOf('dhparam.pem', 'the DH parameters') }
    expect(firstPartyOptions(readSettings(environment, config)).dhParams).toBe('the DH parameters')
    const both = { ...environment, IBKR_DH_PRIME: 'fedcba' }
    expect(firstPartyOptions(readSettings(both, config)).dhParams).toEqual({ prime: 'fedcba', generator: 2n })
  })

  it('name both ways to give DH parameters where there are none', () => {
    const path = fileOf('without.json', {
      consumerKey: 'ABCDEFGHI',
      accessToken: 't',
      accessTokenSecret: 's',
    })
    expect(() => firstPartyOptions(readSettings({}, path))).toThrow(
      /dhPrime or dhParamsFile is missing: set IBKR_DH_PRIME or .* or IBKR_DH_PARAMS_FILE, or "dhPrime" or "dhParamsFile"/,
    )
  })

  it('asks for the public address where the gateway is not on loopback', () => {
    const environment = { IBKR_GATEWAY_URL: 'https://api.ibkr.com/gw/api/v1' }
    expect(settingThatFails(() => ssoOptions(readSettings(environment, config)))).toBe('publicIp')
  })

  it('refuses a token endpoint under another path', () => {
    const environment = { IBKR_OAUTH2_URL: 'https://api.ibkr.com/token' }
    expect(settingThatFails(() => ssoOptions(readSettings(environment, config)))).toBe('oauth2Url')
  })

  it.each(['not json {"accessTokenSecret":"s3cr3t"', '[1]', '3'])(
    'says that %s is no settings file',
    (content) => {
      const path = fileOf('broken.json', content)
      expect(() => readSettings({}, path)).toThrow(/is not a JSON object/)
      expect(() => readSettings({}, path)).not.toThrow(/s3cr3t/)
    },
  )
})
