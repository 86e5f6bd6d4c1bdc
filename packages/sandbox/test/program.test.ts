import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import {
  createSandbox,
  isSandboxError,
  readCredentials,
  startSandbox,
  writeCredentials,
} from '../src/index.ts'
import { readArguments } from '../src/program/arguments.ts'
import { IndependentClient, testKeys } from './independent-client.ts'

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const running: ChildProcess[] = []
let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-'))
  const { signing, encryption, oauth2 } = inject('keys')
  await writeFile(join(directory, 'private_signature.pem'), signing)
  await writeFile(join(directory, 'private_encryption.pem'), encryption)
  await writeFile(join(directory, 'oauth2_private.pem'), oauth2)
  await writeFile(join(directory, 'credentials.json'), '{"consumerKey":"MYCONSUME"}')
})

afterEach(async () => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  await rm(directory, { recursive: true })
})

interface Started {
  readonly child: ChildProcess
  readonly lines: AsyncIterator<string>
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  if (child.stdout === null) throw new Error('no output')
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
}

async function failed(...args: string[]): Promise<{ readonly code: unknown; readonly error: string }> {
  const { child } = start(...args)
  let error = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    error += chunk.toString()
  })
  const [code] = await once(child, 'close')
  return { code, error }
}

describe('ibkr-sandbox', () => {
  it('prints one line of JSON, then the log, and stops when asked to', async () => {
    const { child, lines } = start('--credentials', join(directory, 'credentials.json'))
    const first = JSON.parse(String((await lines.next()).value)) as { url: string; pid: number }
    expect(first).toEqual({ url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/), pid: child.pid })
    expect((await fetch(`${first.url}/v1/api/portfolio/accounts`)).status).toBe(401)
    expect((await lines.next()).value).toMatch(/refused {2}401 GET \/v1\/api\/portfolio\/accounts/)
    expect((await lines.next()).value).toContain('missing-authorization')
    child.kill('SIGTERM')
    expect(await once(child, 'close')).toEqual([0, null])
  })

  it('writes credentials that only the user can read, before it says that it is ready', async () => {
    const out = join(directory, 'out')
    const { lines } = start(
      '--quiet',
      '--write-credentials',
      out,
      '--credentials',
      join(directory, 'credentials.json'),
    )
    const { url } = JSON.parse(String((await lines.next()).value)) as { url: string }
    const names = [
      'credentials.json',
      'dhparam.pem',
      'oauth2_private.pem',
      'private_encryption.pem',
      'private_encryption.pkcs8.pem',
      'private_signature.pem',
      'private_signature.pkcs8.pem',
    ]
    expect((await readdir(out)).sort()).toEqual(names)
    for (const name of names) expect((await stat(join(out, name))).mode & 0o777, name).toBe(0o600)
    expect(JSON.parse(await readFile(join(out, 'credentials.json'), 'utf8'))).toEqual({
      consumerKey: 'MYCONSUME',
      accessToken: expect.stringMatching(/^[\da-f]{20}$/),
      accessTokenSecret: expect.stringMatching(/^[A-Za-z0-9+/]{342}==$/),
      dhPrime: expect.stringMatching(/^[\da-f]{512}$/),
      dhGenerator: 2,
      username: 'sandboxuser',
      accessTokens: [],
      users: [],
      realm: 'limited_poa',
      callbackUrl: 'http://127.0.0.1:8914/callback',
      oauth2: {
        clientId: expect.any(String),
        keyId: 'main',
        credential: 'sandboxadvisor',
        furtherCredentials: [],
        scopes: expect.arrayContaining(['sso-sessions.write']),
      },
      baseUrl: `${url}/v1/api`,
      gatewayUrl: `${url}/gw/api/v1`,
      oauth2Url: `${url}/oauth2/api/v1/token`,
    })
    const firstLine = async (name: string): Promise<string | undefined> =>
      (await readFile(join(out, name), 'utf8')).split('\n')[0]
    expect(await firstLine('private_signature.pem')).toBe(`-----BEGIN RSA ${'PRIVATE KEY'}-----`)
    expect(await firstLine('private_signature.pkcs8.pem')).toBe(`-----BEGIN ${'PRIVATE KEY'}-----`)
    expect(await firstLine('dhparam.pem')).toBe('-----BEGIN DH PARAMETERS-----')
    // What was written is what the next sandbox takes.
    const again = await startSandbox({ credentials: await readCredentials(join(out, 'credentials.json')) })
    expect((await new IndependentClient(again).liveSessionToken()).lst).toHaveLength(20)
    await again.close()
  })

  it('tells its version', async () => {
    const { lines } = start('--version')
    const manifest = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'))
    expect((await lines.next()).value).toBe(manifest.version)
  })

  it('takes several registrations, and writes each into a folder of its own', async () => {
    const out = join(directory, 'out')
    const second = join(directory, 'second.json')
    const more = {
      consumerKey: 'SECONDKEY',
      username: 'one',
      accessTokens: [{ username: 'two' }],
      users: [{ username: 'two', accounts: ['U1234567'] }],
      oauth2: { clientId: 'other', furtherKeys: [{ keyId: 'next', file: 'oauth2_private.pem' }] },
    }
    await writeFile(second, JSON.stringify(more))
    const files = [join(directory, 'credentials.json'), second].flatMap((file) => ['--credentials', file])
    const { lines } = start('--quiet', '--write-credentials', out, ...files)
    await lines.next()
    const written = JSON.parse(await readFile(join(out, '2', 'credentials.json'), 'utf8'))
    expect(written).toMatchObject({
      consumerKey: 'SECONDKEY',
      accessTokens: [{ username: 'two' }],
      users: more.users,
    })
    expect((await stat(join(out, '2', 'credentials.json'))).mode & 0o777).toBe(0o600)
  })

  it('stops at once with an answer held back and a log that nobody reads', async () => {
    const { child, lines } = start('--credentials', join(directory, 'credentials.json'))
    const { url } = JSON.parse(String((await lines.next()).value)) as { url: string }
    child.stdout?.pause()
    const json = { 'content-type': 'application/json' }
    // Some megabytes of log, more than a pipe holds.
    const path = `/v1/api/${'x'.repeat(8_000)}`
    for (let count = 0; count < 200; count++) await fetch(url + path).then((response) => response.text())
    const rule = JSON.stringify({ kind: 'delay', ms: 3_600_000 })
    await fetch(`${url}/_sandbox/faults`, { method: 'POST', headers: json, body: rule })
    const held = fetch(`${url}/v1/api/x`).then(
      () => 'answered',
      () => 'cut',
    )
    const isSet = async (): Promise<boolean> =>
      (await (await fetch(`${url}/_sandbox/faults`)).text()) !== '[]'
    while (await isSet()) await new Promise(setImmediate)
    child.kill('SIGTERM')
    expect(await once(child, 'exit')).toEqual([0, null])
    expect(await held).toBe('cut')
  })

  it('passes its options on', async () => {
    const { lines } = start(
      '--quiet',
      '--lenient',
      '--lst-ttl',
      '5',
      '--credentials',
      join(directory, 'credentials.json'),
    )
    const { url } = JSON.parse(String((await lines.next()).value)) as { url: string }
    expect(await (await fetch(url)).text()).toContain('lenient')
  })

  it('refuses what it does not understand, with exit code 2 and the remedy', async () => {
    expect(await failed('--host', '0.0.0.0')).toMatchObject({
      code: 2,
      error: expect.stringContaining('--allow-non-loopback'),
    })
    expect(await failed('--prot', '1')).toMatchObject({ code: 2, error: expect.stringContaining('--prot') })
    expect(await failed('--credentials', join(directory, 'none.json'))).toMatchObject({
      code: 2,
      error: expect.stringContaining('ENOENT'),
    })
  })

  it('fails with exit code 1 where the port is taken', async () => {
    const other = await startSandbox({ credentials: testKeys() })
    const port = new URL(other.url).port
    const result = await failed('--port', port, '--credentials', join(directory, 'credentials.json'))
    expect(result).toMatchObject({ code: 1, error: expect.stringContaining('EADDRINUSE') })
    await other.close()
  })

  it('reads its arguments', () => {
    expect(readArguments(['--help'])).toEqual({ kind: 'help' })
    expect(readArguments(['--query-signing', 'omit', '--lst-ttl', '60', '--port', '0'])).toMatchObject({
      options: { querySigning: 'omit', liveSessionTokenLifetimeMs: 60_000, port: 0 },
    })
    for (const wrong of [
      ['--port', '65536'],
      ['--port', 'x'],
      ['--lst-ttl', '0'],
      ['--query-signing', 'raw'],
      ['extra'],
    ]) {
      expect(() => readArguments(wrong)).toThrow(/--|argument/)
    }
  })
})

describe('credentials', () => {
  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    return isSandboxError(error) ? error.code : String(error)
  }

  it('are written for the user alone, over what was there before', async () => {
    const { credentials } = await createSandbox({ credentials: testKeys() })
    await writeFile(join(directory, 'dhparam.pem'), 'old', { mode: 0o666 })
    await writeCredentials(directory, credentials)
    for (const name of await readdir(directory)) {
      expect((await stat(join(directory, name))).mode & 0o077, name).toBe(0)
    }
    expect(await readFile(join(directory, 'dhparam.pem'), 'utf8')).toBe(credentials.dhParams)
  })

  it('take keys and parameters that openssl wrote beside an empty file', async () => {
    const { credentials } = await createSandbox({
      credentials: { ...testKeys(), dhPrime: `${'d'.repeat(511)}f`, dhGenerator: 5 },
    })
    await writeFile(join(directory, 'credentials.json'), '{}')
    await writeFile(join(directory, 'dhparam.pem'), credentials.dhParams)
    const taken = await createSandbox({
      credentials: await readCredentials(join(directory, 'credentials.json')),
    })
    expect(taken.credentials).toMatchObject({ dhPrime: credentials.dhPrime, dhGenerator: 5 })
    expect(taken.credentials.signingKey).toBe(testKeys().signingKey)
    await writeFile(join(directory, 'dhparam.pem'), 'nothing')
    expect(await codeOf(readCredentials(join(directory, 'credentials.json')))).toBe(
      'ERR_SANDBOX_CREDENTIALS_UNREADABLE',
    )
  })

  it('that cannot be read are named', async () => {
    const file = join(directory, 'credentials.json')
    for (const text of [
      '',
      '[]',
      '{"consumerKey":1}',
      '{"dhGenerator":true}',
      '{"oauth2":[]}',
      '{"oauth2":{"scopes":"a"}}',
    ]) {
      await writeFile(file, text)
      expect(await codeOf(readCredentials(file))).toBe('ERR_SANDBOX_CREDENTIALS_UNREADABLE')
    }
  })

  it('with public halves only get a new secret, and cannot be written', async () => {
    const { createPublicKey } = await import('node:crypto')
    const half = (pem: string): string =>
      createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()
    const { signing, encryption, oauth2 } = inject('keys')
    const credentials = {
      signingKey: half(signing),
      encryptionKey: half(encryption),
      oauth2: { privateKey: oauth2 },
    }
    const sandbox = await createSandbox({ credentials })
    expect(sandbox.credentials.accessTokenSecret).toHaveLength(344)
    expect(() => sandbox.credentials.signingKey).toThrow('public half')
    expect(await codeOf(writeCredentials(join(directory, 'x'), sandbox.credentials))).toBe(
      'ERR_SANDBOX_INVALID_INPUT',
    )
    const withSecret = { ...credentials, accessTokenSecret: sandbox.credentials.accessTokenSecret }
    expect(await codeOf(createSandbox({ credentials: withSecret }))).toBe('ERR_SANDBOX_INVALID_INPUT')
  })

  it('come in options that are an object, or in none', async () => {
    for (const options of [null, 'lenient', 7])
      for (const make of [createSandbox, startSandbox])
        expect(await codeOf(make(options as never))).toBe('ERR_SANDBOX_INVALID_INPUT')
  })

  it('that are made anew have an OAuth 2.0 key of 3072 bits, there at once or a little later', async () => {
    const { createPrivateKey } = await import('node:crypto')
    const { signingKey, encryptionKey } = testKeys()
    const sandbox = await createSandbox({ credentials: { signingKey, encryptionKey } })
    const atOnce = sandbox.credentials.oauth2.privateKey
    await sandbox.credentials.oauth2.ready()
    expect(sandbox.credentials.oauth2.privateKey).toBe(atOnce)
    expect(createPrivateKey(atOnce).asymmetricKeyDetails?.modulusLength).toBe(3072)
  })

  it('show no private key when they are printed, copied or turned into JSON', async () => {
    const { inspect } = await import('node:util')
    const { credentials } = await createSandbox({ credentials: testKeys() })
    const shown = [
      inspect(credentials, { depth: 9, showHidden: true }),
      JSON.stringify(credentials),
      JSON.stringify({ ...credentials }),
    ].join()
    expect(shown).not.toContain('PRIVATE KEY')
    expect(shown).toContain(credentials.consumerKey)
  })

  it('and options that are wrong are refused by name', async () => {
    const wrong = [
      [{ credentials: { callbackUrl: 'oob' } }, 'callbackUrl'],
      [{ credentials: { signingKey: 'no key' } }, 'signingKey'],
      [{ clockToleranceSeconds: 0 }, 'clockToleranceSeconds'],
      [{ querySigning: 'raw' as 'both' }, 'querySigning'],
      [{ origin: 'https://api.ibkr.com/v1' }, 'origin'],
    ] as const
    for (const [options, name] of wrong) {
      const all = {
        ...options,
        credentials: { ...testKeys(), ...('credentials' in options ? options.credentials : {}) },
      }
      await expect(createSandbox(all)).rejects.toThrow(name)
    }
  })
})
