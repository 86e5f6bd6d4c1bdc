import { createPrivateKey, createPublicKey, generateKeyPairSync, getDiffieHellman } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningSandbox, type SandboxOptions, startSandbox, writeCredentials } from '@ibkr-auth/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type ExamineOptions, examine, flowOf } from '../src/doctor/doctor.ts'
import type { Finding } from '../src/doctor/finding.ts'
import { renderReport } from '../src/doctor/render.ts'
import { readProfile } from '../src/profile/read-profile.ts'

// What the examination says about each mishap that people report, line by line, with the true cause named first.

let sandbox: RunningSandbox
let folder: string
let other: Server
let members: Record<string, unknown>
let pem: { signature: string; encryption: string }

beforeAll(async () => {
  sandbox = await startSandbox()
  folder = mkdtempSync(join(tmpdir(), 'ibkr-doctor-'))
  await writeCredentials(folder, sandbox.credentials)
  members = JSON.parse(readFileSync(join(folder, 'credentials.json'), 'utf8'))
  pem = {
    signature: readFileSync(join(folder, 'private_signature.pem'), 'utf8'),
    encryption: readFileSync(join(folder, 'private_encryption.pem'), 'utf8'),
  }
  other = createServer((_request, response) => {
    response.writeHead(404, { 'content-type': 'text/html' }).end('<html><title>Not here</title></html>')
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => other.once('listening', resolve))
})

afterAll(async () => {
  await sandbox.close()
  other.close()
  rmSync(folder, { recursive: true, force: true })
})

/** What is changed in a set-up that works. */
interface Change {
  /** Members of the settings. */
  readonly settings?: Record<string, unknown>
  /** Environment variables. */
  readonly environment?: Record<string, string>
  readonly flow?: ExamineOptions['flow']
  readonly now?: () => number
  /** What the server answers to the live session token request. */
  readonly reply?: { readonly status: number; readonly body: string; readonly contentType?: string }
}

async function diagnose(change: Change): Promise<readonly Finding[]> {
  const config = join(folder, 'changed.json')
  writeFileSync(config, JSON.stringify({ ...members, ...change.settings }))
  const profile = readProfile({ config, environment: change.environment ?? {} })
  if (change.reply !== undefined) addReply(change.reply)
  try {
    return await examine({
      profile,
      flow: change.flow ?? flowOf(profile),
      environment: change.environment ?? {},
      maySignIn: async () => true,
      tell: () => undefined,
      now: change.now,
    })
  } finally {
    sandbox.faults.clear()
  }
}

function addReply({ status, body, contentType = 'application/json' }: NonNullable<Change['reply']>): void {
  sandbox.faults.add({ kind: 'status', path: '/v1/api/oauth/live_session_token', status, body, contentType })
}

const firstFailure = (findings: readonly Finding[]) => findings.find(({ outcome }) => outcome === 'failed')
const publicHalf = (text: string) => String(createPublicKey(text).export({ type: 'spki', format: 'pem' }))
const newKey = (bits: number) =>
  String(
    generateKeyPairSync('rsa', { modulusLength: bits }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  )
const encrypted = (text: string) =>
  String(
    createPrivateKey(text).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'right',
    }),
  )
const otherUrl = () => `http://127.0.0.1:${(other.address() as AddressInfo).port}/v1/api`
const refusal = (error: string) => ({ status: 401, body: JSON.stringify({ error, statusCode: 401 }) })

type Case = readonly [name: string, change: () => Change, step: string, cause: RegExp, remedy: RegExp]

const oauth1: readonly Case[] = [
  [
    'no consumer key',
    () => ({ settings: { consumerKey: undefined }, flow: 'oauth1' }),
    'settings',
    /consumerKey is missing/,
    /IBKR_CONSUMER_KEY/,
  ],
  [
    'no access token',
    () => ({ settings: { accessToken: undefined } }),
    'settings',
    /accessToken is missing/,
    /IBKR_ACCESS_TOKEN/,
  ],
  [
    'an empty secret',
    () => ({ settings: { accessTokenSecret: ' ' } }),
    'settings',
    /accessTokenSecret is missing/,
    /IBKR/,
  ],
  [
    'a key file that is not there',
    () => ({ settings: { signatureKeyFile: 'gone.pem' } }),
    'settings',
    /gone\.pem.*cannot be read/,
    /signatureKeyFile/,
  ],
  ['no URL', () => ({ settings: { baseUrl: 'api.ibkr.com' } }), 'settings', /whole URL/, /baseUrl|http/],
  [
    'an unknown treatment',
    () => ({ settings: { querySigning: 'best' } }),
    'settings',
    /querySigning must be one of/,
    /querySigning/,
  ],
  [
    'a public key',
    () => ({
      environment: { IBKR_SIGNATURE_KEY: publicHalf(pem.signature) },
    }),
    'signature-key',
    /private key is wanted/,
    /private_signature\.pem/,
  ],
  [
    'a damaged key',
    () => ({ environment: { IBKR_SIGNATURE_KEY: pem.signature.slice(0, 400) } }),
    'signature-key',
    /is no PEM, DER or JWK, or not all of it/,
    /copy the file again/,
  ],
  [
    'an encrypted key without passphrase',
    () => ({ environment: { IBKR_SIGNATURE_KEY: encrypted(pem.signature) } }),
    'signature-key',
    /is encrypted/,
    /IBKR_KEY_PASSPHRASE/,
  ],
  [
    'a wrong passphrase',
    () => ({ environment: { IBKR_SIGNATURE_KEY: encrypted(pem.signature), IBKR_KEY_PASSPHRASE: 'wrong' } }),
    'signature-key',
    /passphrase is wrong/,
    /keyPassphrase/,
  ],
  [
    'an OpenSSH key',
    () => ({
      environment: {
        IBKR_SIGNATURE_KEY: '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
      },
    }),
    'signature-key',
    /OpenSSH/,
    /copy|write/,
  ],
  [
    'a short key',
    () => ({ environment: { IBKR_SIGNATURE_KEY: newKey(1024) } }),
    'signature-key',
    /1024 bits; IBKR asks for 2048/,
    /keygen/,
  ],
  [
    'an EC key',
    () => ({
      environment: {
        IBKR_SIGNATURE_KEY: String(
          generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
            type: 'pkcs8',
            format: 'pem',
          }),
        ),
      },
    }),
    'signature-key',
    /no RSA key/,
    /keygen/,
  ],
  [
    'the same key twice',
    () => ({ environment: { IBKR_SIGNATURE_KEY: pem.encryption } }),
    'key-difference',
    /same key/,
    /private_signature\.pem/,
  ],
  [
    'swapped keys',
    () => ({ environment: { IBKR_SIGNATURE_KEY: pem.encryption, IBKR_ENCRYPTION_KEY: pem.signature } }),
    'access-token-secret',
    /two keys are swapped/,
    /swap/,
  ],
  [
    'another encryption key',
    () => ({ environment: { IBKR_ENCRYPTION_KEY: newKey(2048) } }),
    'access-token-secret',
    /does not open the secret/,
    /copy the secret again/,
  ],
  [
    'a secret cut off',
    () => ({ settings: { accessTokenSecret: String(members.accessTokenSecret).slice(0, 172) } }),
    'access-token-secret',
    /length|bytes/i,
    /copy the access token secret again/,
  ],
  [
    'a secret that is no base64',
    () => ({ settings: { accessTokenSecret: 'not base64!' } }),
    'access-token-secret',
    /base64/i,
    /copy the access token secret again/,
  ],
  [
    'a prime cut off',
    () => ({ settings: { dhPrime: String(members.dhPrime).slice(0, 300) } }),
    'dh-params',
    /weak or damaged/,
    /dhparam\.pem/,
  ],
  [
    'a prime that is no number',
    () => ({ settings: { dhPrime: 'prime' } }),
    'dh-params',
    /hex/,
    /dhparam\.pem/,
  ],
  [
    'a generator that is no number',
    () => ({ settings: { dhGenerator: 'two' } }),
    'settings',
    /dhGenerator/,
    /dhGenerator/,
  ],
  [
    'another prime than was uploaded',
    () => ({ settings: { dhPrime: getDiffieHellman('modp14').getPrime('hex') } }),
    'live-session-token',
    /Diffie-Hellman parameters|derived another token|challenge/,
    /dhparam\.pem|see the message|in this order/,
  ],
  [
    'a consumer key in small letters',
    () => ({ settings: { consumerKey: String(members.consumerKey).toLowerCase() } }),
    'live-session-token',
    /small letters/,
    /capital letters/,
  ],
  [
    'an unknown consumer key',
    () => ({ settings: { consumerKey: 'UNKNOWNXX' } }),
    'live-session-token',
    /unknown, or not active yet/,
    /next reset/,
  ],
  [
    'a wrong realm',
    () => ({ settings: { realm: 'test_realm' }, reply: refusal('id: 1, error: invalid consumer') }),
    'live-session-token',
    /realm "test_realm"/,
    /limited_poa/,
  ],
  [
    'an unknown access token',
    () => ({ settings: { accessToken: 'ffffffffffffffffffff' } }),
    'live-session-token',
    /no secret for this access token|refuses the signature or the access token/,
    /belong together|use both/,
  ],
  [
    'another signature key',
    () => ({ environment: { IBKR_SIGNATURE_KEY: newKey(2048) } }),
    'live-session-token',
    /refuses the signature/,
    /fingerprints/,
  ],
  [
    'a secret that was voided',
    () => ({ reply: refusal('id: 118871, error: LST failed, error: No access secret key found for x') }),
    'live-session-token',
    /no secret for this access token/,
    /generate access token and secret/,
  ],
  [
    'LST failed with nothing behind',
    () => ({ reply: refusal('id: 1, error: LST failed, error: ') }),
    'live-session-token',
    /LST failed|access token/i,
    /.+/,
  ],
  ['the penalty box', () => ({ reply: { status: 429, body: '' } }), 'live-session-token', /429/, /.+/],
  [
    'a page of the edge',
    () => ({
      reply: { status: 403, body: '<html><title>Access Denied</title></html>', contentType: 'text/html' },
    }),
    'live-session-token',
    /403/,
    /.+/,
  ],
  ['the nightly reset', () => ({ reply: { status: 503, body: '' } }), 'live-session-token', /503/, /.+/],
  [
    'a clock that is fast',
    () => ({ now: () => Date.now() + 400_000 }),
    'clock',
    /400 s fast|399 s fast|401 s fast/,
    /NTP/,
  ],
  [
    'a clock that is slow',
    () => ({ now: () => Date.now() - 400_000 }),
    'clock',
    /(?:399|400|401) s slow/,
    /NTP/,
  ],
  [
    'a name that does not exist',
    () => ({ settings: { baseUrl: 'https://nowhere.invalid/v1/api' } }),
    'dns',
    /cannot be resolved/,
    /baseUrl/,
  ],
  [
    'a port where nobody listens',
    () => ({ settings: { baseUrl: 'http://127.0.0.1:1/v1/api' } }),
    'tcp',
    /no connection to 127\.0\.0\.1, port 1/,
    /start it/,
  ],
  [
    'https where there is none',
    () => ({ settings: { baseUrl: otherUrl().replace('http:', 'https:') } }),
    'tls',
    /certificate is not accepted/,
    /NODE_EXTRA_CA_CERTS/,
  ],
  [
    'a server of somebody else',
    () => ({ settings: { baseUrl: otherUrl() } }),
    'live-session-token',
    /404/,
    /.+/,
  ],
]

const oauth2: readonly Case[] = [
  [
    'no client id',
    () => ({ settings: { oauth2: {} }, flow: 'oauth2' }),
    'settings',
    /clientId is missing/,
    /IBKR_OAUTH2_CLIENT_ID/,
  ],
  [
    'a key too short',
    () => ({ flow: 'oauth2', environment: { IBKR_OAUTH2_PRIVATE_KEY: newKey(2048) } }),
    'oauth2-key',
    /2048 bits; IBKR asks for 3072 or 4096/,
    /keygen/,
  ],
  [
    'another key',
    () => ({ flow: 'oauth2', environment: { IBKR_OAUTH2_PRIVATE_KEY: newKey(3072) } }),
    'access-token',
    /.+/,
    /production and QA/,
  ],
  [
    'an unknown client id',
    () => ({ flow: 'oauth2', environment: { IBKR_OAUTH2_CLIENT_ID: 'nobody' } }),
    'access-token',
    /.+/,
    /oauth2\.clientId/,
  ],
  [
    'an unknown key id',
    () => ({ flow: 'oauth2', environment: { IBKR_OAUTH2_KEY_ID: 'other' } }),
    'access-token',
    /.+/,
    /oauth2\.keyId/,
  ],
  [
    'an unknown username',
    () => ({ flow: 'oauth2', environment: { IBKR_OAUTH2_CREDENTIAL: 'nobody' } }),
    'sso-session',
    /.+/,
    /oauth2\.credential/,
  ],
]

describe('a set-up that works', () => {
  it.each(['oauth1', 'oauth2'] as const)('%s: nothing is wrong', async (flow) => {
    const findings = await diagnose({ flow })
    expect(findings.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    expect(findings.map(({ step }) => step)).toContain(
      flow === 'oauth1' ? 'query-signing' : 'session-address',
    )
  })

  it('opens no brokerage session and logs nobody out', async () => {
    sandbox.log.clear()
    await diagnose({ flow: 'oauth1' })
    const paths = sandbox.log.entries.map(({ target }) => target)
    expect(paths).toContain('/v1/api/iserver/auth/status')
    for (const path of paths) expect(path).not.toMatch(/ssodh|logout|orders/)
  })

  it('does not sign in if it may not', async () => {
    sandbox.log.clear()
    const findings = await examine({
      profile: readProfile({ config: join(folder, 'credentials.json'), environment: {} }),
      flow: 'oauth1',
      environment: {},
      maySignIn: async () => false,
      tell: () => undefined,
    })
    expect(findings.at(-1)).toMatchObject({ step: 'sign-in', outcome: 'skipped' })
    expect(sandbox.log.entries.every(({ target }) => !target.includes('oauth'))).toBe(true)
  })
})

describe.each([
  ['OAuth 1.0a', oauth1],
  ['OAuth 2.0', oauth2],
] as const)('%s: the first thing that is said about', (_flow, cases) => {
  it.each(cases)('%s', async (_name, change, step, cause, remedy) => {
    const findings = await diagnose(change())
    const said = firstFailure(findings)
    expect(said, JSON.stringify(findings, null, 1)).toMatchObject({ step })
    expect(said?.detail).toMatch(cause)
    expect(`${said?.remedy}${said?.detail}`).toMatch(remedy)
  })
})

describe('the treatment of the query', () => {
  const treated = async (options: SandboxOptions, querySigning: string) => {
    const strict = await startSandbox({ ...options, credentials: sandbox.credentials })
    try {
      const settings = { querySigning, baseUrl: strict.credentials.baseUrl }
      return await diagnose({ settings })
    } finally {
      await strict.close()
    }
  }

  it.each(['rfc5849', 'omit'] as const)('a server that takes "%s" alone is found out', async (name) => {
    const configured = name === 'omit' ? 'rfc5849' : 'omit'
    const said = firstFailure(await treated({ querySigning: name }, configured))
    expect(said).toMatchObject({ step: 'query-signing', remedy: expect.stringContaining(`"${name}"`) })
    expect(firstFailure(await treated({ querySigning: name }, name))).toBeUndefined()
  })
})

it('an address that is not the one that the outside sees is found out', async () => {
  const seenAs = '198.51.100.9'
  const outside = await startSandbox({ publicAddress: seenAs })
  try {
    const { baseUrl, gatewayUrl, oauth2Url, oauth2 } = outside.credentials
    const settings = { baseUrl, gatewayUrl, oauth2Url, oauth2: { ...oauth2 } }
    const found = (publicIp: string) => {
      const environment = { IBKR_OAUTH2_PRIVATE_KEY: oauth2.privateKey, IBKR_PUBLIC_IP: publicIp }
      return diagnose({ flow: 'oauth2', settings, environment })
    }
    expect(firstFailure(await found('203.0.113.7'))).toMatchObject({
      step: 'session-address',
      detail: expect.stringContaining('another address than publicIp'),
    })
    expect(firstFailure(await found(seenAs))).toBeUndefined()
  } finally {
    await outside.close()
  }
})

describe('the report for a public issue', () => {
  it('holds no secret, account, address, path or host', async () => {
    const findings = await diagnose({ settings: { accessToken: 'ffffffffffffffffffff' } })
    const extra: Finding = {
      step: 'x',
      title: 'x',
      outcome: 'failed',
      detail: `DU1234567 at 203.0.113.7 or 2001:db8::1, ${folder}/a.pem, my-host.example.com, ${'a1'.repeat(20)}`,
    }
    const report = renderReport({
      flow: 'oauth1',
      version: '1.2.3',
      findings: [...findings, extra],
      hidden: [String(members.consumerKey)],
    })
    expect(report).toContain('| live-session-token | failed')
    for (const part of [
      'DU1234567',
      '203.0.113.7',
      '2001:db8',
      folder,
      'my-host',
      'a1a1',
      'ffffff',
      String(members.consumerKey),
    ])
      expect(report).not.toContain(part)
  })
})
