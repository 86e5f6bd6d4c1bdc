import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { profileDirectory } from '../src/profile/places.ts'
import { readProfile } from '../src/profile/read-profile.ts'

const home = mkdtempSync(join(tmpdir(), 'ibkr-profile-'))
const directory = join(home, 'ibkr-auth', 'paper')
const file = join(directory, 'credentials.json')
const environment = { XDG_CONFIG_HOME: home }

const members = {
  consumerKey: 'TESTCONS',
  accessToken: 'token',
  accessTokenSecret: 'c2VjcmV0',
  dhPrime: 'ff',
  dhGenerator: 2,
  baseUrl: 'http://127.0.0.1:4000/v1/api/',
  gatewayUrl: 'http://127.0.0.1:4000/gw/api/v1',
  oauth2: { clientId: 'client', keyId: 'key', credential: 'user', scopes: ['a', 'b'] },
}

beforeAll(() => {
  mkdirSync(directory, { recursive: true })
  writeFileSync(file, JSON.stringify(members))
  for (const name of ['private_signature.pem', 'private_encryption.pem', 'oauth2_private.pem'])
    writeFileSync(join(directory, name), `the text of ${name}`)
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('a profile', () => {
  it('is a folder in the place of the platform', () => {
    expect(profileDirectory('paper', { XDG_CONFIG_HOME: '/x' }, 'linux')).toBe(
      join('/x', 'ibkr-auth', 'paper'),
    )
    expect(profileDirectory('paper', { HOME: '/h' }, 'darwin')).toBe(
      join('/h', '.config', 'ibkr-auth', 'paper'),
    )
    expect(profileDirectory('paper', { APPDATA: '/a' }, 'win32')).toBe(join('/a', 'ibkr-auth', 'paper'))
    for (const name of ['', '..', 'a/b', '.hidden', 'a'.repeat(65)])
      expect(() => profileDirectory(name, {})).toThrow(/name of a profile/)
    for (const name of [undefined, null, 7, ['paper'], Symbol('paper')])
      expect(() => profileDirectory(name as never, {})).toThrow(/name of a profile/)
  })

  it('has all three ways to sign in, with the key files beside it', () => {
    const profile = readProfile({ profile: 'paper', environment })
    expect(profile.file).toBe(file)
    expect(profile.firstParty()).toMatchObject({
      consumerKey: 'TESTCONS',
      signatureKey: 'the text of private_signature.pem',
      encryptionKey: 'the text of private_encryption.pem',
      dhParams: { prime: 'ff', generator: '2' },
      baseUrl: 'http://127.0.0.1:4000/v1/api',
    })
    expect(profile.thirdParty()).toMatchObject({ authorizeUrl: 'http://127.0.0.1:4000/authorize' })
    expect(profile.sso()).toMatchObject({
      privateKey: 'the text of oauth2_private.pem',
      scopes: ['a', 'b'],
      publicIp: '127.0.0.1',
      gatewayUrl: 'http://127.0.0.1:4000/gw/api/v1',
    })
  })

  it('is chosen by IBKR_PROFILE, and told if it is not there', () => {
    expect(readProfile({ environment: { ...environment, IBKR_PROFILE: 'paper' } }).file).toBe(file)
    expect(() => readProfile({ profile: 'live', environment })).toThrow(/The profile live does not exist/)
    expect(readProfile({ environment }).file).toBeUndefined()
  })
})

describe('the environment', () => {
  it('goes before the file, ibind after ours', () => {
    const profile = readProfile({
      config: file,
      environment: {
        IBIND_OAUTH1A_CONSUMER_KEY: 'IBIND',
        IBKR_ACCESS_TOKEN: 'ours',
        IBIND_OAUTH1A_ACCESS_TOKEN: 'ibind',
      },
    })
    expect(profile.firstParty()).toMatchObject({ consumerKey: 'IBIND', accessToken: 'ours' })
    expect(profile.sourceOf('accessToken')).toEqual({ from: 'environment', variable: 'IBKR_ACCESS_TOKEN' })
    expect(profile.sourceOf('realm')).toBeUndefined()
  })

  it('may hold the keys themselves', () => {
    const profile = readProfile({
      config: file,
      environment: { IBIND_OAUTH1A_SIGNATURE_KEY: 'text', IBIND_OAUTH1A_ENCRYPTION_KEY: 'other' },
    })
    expect(profile.firstParty()).toMatchObject({ signatureKey: 'text', encryptionKey: 'other' })
  })

  it('is filled up from a .env file', () => {
    const envFile = join(home, '.env')
    writeFileSync(envFile, 'IBKR_CONSUMER_KEY=FROMFILE\nIBKR_REALM="test_realm"\n')
    const profile = readProfile({ envFile, environment: { IBKR_CONSUMER_KEY: 'SET' } })
    expect(profile.setting('consumerKey')).toBe('SET')
    expect(profile.setting('realm')).toBe('test_realm')
    expect(() => readProfile({ envFile: join(home, 'none'), environment })).toThrow(
      /cannot be read \(ENOENT\)/,
    )
  })
})

describe('what is missing or odd', () => {
  it('is named with every place it could stand in', () => {
    const empty = readProfile({ environment: {} })
    expect(() => empty.firstParty()).toThrow(
      expect.objectContaining({ code: 'ERR_CLI_SETTING', setting: 'consumerKey' }),
    )
    const { message } = catchError(() =>
      readProfile({ environment: { IBKR_CONSUMER_KEY: 'X' } }).firstParty(),
    )
    expect(message).toContain('IBKR_SIGNATURE_KEY or IBKR_SIGNATURE_KEY_FILE')
    expect(message).toContain('private_signature.pem')
  })

  it.each([
    ['baseUrl', { IBKR_BASE_URL: 'api.ibkr.com' }, /whole URL/],
    ['querySigning', { IBKR_QUERY_SIGNING: 'best' }, /one of rfc5849, omit, guide, raw/],
    ['dhGenerator', { IBKR_DH_GENERATOR: 'two' }, /hexadecimal/],
    ['gatewayUrl', { IBKR_GATEWAY_URL: 'https://api.ibkr.com/' }, /must end in \/gw\/api\/v1/],
    ['oauth2Url', { IBKR_OAUTH2_URL: 'https://api.ibkr.com/oauth2' }, /must end in \/oauth2\/api\/v1\/token/],
  ])('%s', (setting, variables, message) => {
    const profile = readProfile({ config: file, environment: variables })
    const read = () => (/^(?:gateway|oauth2)/.test(setting) ? profile.sso() : profile.firstParty())
    expect(catchError(read)).toMatchObject({ setting, message: expect.stringMatching(message) })
  })

  it('never quotes a file that is no JSON', () => {
    const broken = join(home, 'broken.json')
    writeFileSync(broken, '{"accessToken": "very-secret"')
    expect(catchError(() => readProfile({ config: broken, environment })).message).not.toContain('secret')
  })

  it('members of the prototype are no settings', () => {
    const odd = join(home, 'odd.json')
    writeFileSync(odd, '{"oauth2": "text"}')
    expect(readProfile({ config: odd, environment }).setting('oauth2.clientId')).toBeUndefined()
  })
})

function catchError(action: () => unknown): Error {
  try {
    action()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}
