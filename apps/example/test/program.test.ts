import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decryptAccessTokenSecret } from '@ibkr-auth/dh-live-session-token'
import { createSandbox, type RunningSandbox, startSandbox, writeCredentials } from '@ibkr-auth/sandbox'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { pressButton } from '../src/demo/approve-like-a-user.ts'
import { type Ended, printed, runProgram, startProgram, stopPrograms } from './run-program.ts'

// The program as its users have it: built, in a process of its own, against a sandbox on a socket.

// A brokerage session takes its 2 s to settle, as IBKR's does.
vi.setConfig({ testTimeout: 30_000 })

let sandbox: RunningSandbox
let folder: string
let config: string

beforeAll(async () => {
  const callbackUrl = `http://127.0.0.1:${await freePort()}/callback`
  sandbox = await startSandbox({ credentials: { callbackUrl } })
  folder = mkdtempSync(join(tmpdir(), 'example-'))
  await writeCredentials(folder, sandbox.credentials)
  config = join(folder, 'credentials.json')
}, 30_000)

afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

afterEach(() => {
  stopPrograms()
  sandbox.faults.clear()
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** The credentials file with some members changed. */
function changedConfig(change: Record<string, unknown>): string {
  const path = join(folder, 'changed.json')
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(config, 'utf8')), ...change }))
  return path
}

function newKeyFile(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const path = join(folder, 'another.pem')
  writeFileSync(path, privateKey.export({ type: 'pkcs8', format: 'pem' }))
  return path
}

async function press(button: 'approve' | 'cancel', text: string): Promise<string> {
  const url = /https?:\S+\/authorize\?\S+/.exec(text)?.[0] ?? ''
  const page = await fetch(url)
  return pressButton(await page.text(), url, button)
}

interface Document {
  readonly client: string
  readonly accounts: string[]
  readonly quotes: { conid: number }[]
  readonly expiresAtMs: number
  readonly steps: { method: string; path: string; status: number }[]
  readonly error?: { exitCode: number; code: string; settings: string[] }
}

function documentOf({ stdout }: Ended): Document {
  return JSON.parse(stdout) as Document
}

describe('each client gets through', () => {
  it.each(['first-party', 'sso'])('%s, and says so to a person', async (client) => {
    const { exitCode, stdout, stderr } = await runProgram([client, '--config', config])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/accounts +DU\d+/)
    expect(stdout).toMatch(/contract 265598 +last [\d.]+/)
    expect(stdout).toMatch(/POST +\/v1\/api\/logout +200/)
  })

  it.each(['first-party', 'sso'])('%s, and says so to a machine', async (client) => {
    const ended = await runProgram([client, '--config', config, '--json'])
    expect(ended.exitCode).toBe(0)
    const document = documentOf(ended)
    expect(document.client).toBe(client)
    expect(document.accounts).toEqual([expect.stringMatching(/^DU\d+$/)])
    expect(document.quotes[0]?.conid).toBe(265598)
    expect(document.expiresAtMs).toBeGreaterThan(Date.now())
    expect(document.steps.map(({ status }) => status)).toEqual(document.steps.map(() => 200))
    expect(document.steps.at(-1)?.path).toBe('/v1/api/logout')
  })

  it('third-party, with consent once and the kept token ever after', async () => {
    const tokenFile = join(folder, 'kept', 'token.json')
    const environment = { IBKR_ACCESS_TOKEN_FILE: tokenFile }
    const first = startProgram(['third-party', '--config', config], environment)
    const location = await press('approve', await first.seen(/Waiting at/))
    await fetch(location)
    const { exitCode, stdout } = await first.ended
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/accounts +DU\d+/)
    if (process.platform !== 'win32') expect(statSync(tokenFile).mode & 0o777).toBe(0o600)

    const second = await runProgram(['third-party', '--config', config, '--json'], environment)
    expect(second.exitCode).toBe(0)
    expect(second.stderr).toContain(`Using the access token in ${tokenFile}`)
    expect(documentOf(second).steps[0]?.path).toBe('/v1/api/oauth/live_session_token')
  })

  it('third-party, with a pasted verifier where the callback is not on this machine', async () => {
    const environment = {
      IBKR_ACCESS_TOKEN_FILE: join(folder, 'pasted.json'),
      IBKR_CALLBACK_URL: 'https://www.example.com/callback',
    }
    const run = startProgram(['third-party', '--config', config], environment)
    const location = await press('approve', await run.seen(/Then paste/))
    run.child.stdin?.end(`${new URL(location).searchParams.get('oauth_verifier')}\n`)
    const { exitCode, stdout } = await run.ended
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/accounts +DU\d+/)
  })
})

describe('what the server refuses ends with 1', () => {
  it('a signature made with another key', async () => {
    const ended = await runProgram([
      'first-party',
      '--config',
      changedConfig({ signatureKeyFile: newKeyFile() }),
    ])
    expect(ended.exitCode).toBe(1)
    expect(ended.stdout).toMatch(/\[ERR_LST_UNAUTHORIZED\]/)
  })

  it('a wrong access token', async () => {
    const path = changedConfig({ accessToken: '00000000000000000000' })
    const ended = await runProgram(['first-party', '--config', path, '--json'])
    expect(ended.exitCode).toBe(1)
    expect(documentOf(ended).error).toMatchObject({ exitCode: 1, settings: [] })
  })

  it('a wrong client id', async () => {
    const { oauth2 } = JSON.parse(readFileSync(config, 'utf8'))
    const path = changedConfig({ oauth2: { ...oauth2, clientId: 'nobody' } })
    const ended = await runProgram(['sso', '--config', path])
    expect(ended.exitCode).toBe(1)
    expect(ended.stdout).toMatch(/\[ERR_SSO_JWT_REFUSED\]/)
  })

  it('a live session token that ended, and no new one to be had', async () => {
    sandbox.faults.add({ kind: 'status', status: 401, path: '*/portfolio/accounts', times: 2 })
    const ended = await runProgram(['first-party', '--config', config])
    expect(ended.exitCode).toBe(1)
    expect(ended.stdout).toMatch(/credential that was only just obtained/)
  })

  it('a user who cancels, and keeps nothing', async () => {
    const tokenFile = join(folder, 'cancelled.json')
    const run = startProgram(['third-party', '--config', config], { IBKR_ACCESS_TOKEN_FILE: tokenFile })
    await fetch(await press('cancel', await run.seen(/Waiting at/)))
    const { exitCode, stdout } = await run.ended
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/\[ERR_EXAMPLE_CANCELLED\]/)
    expect(() => statSync(tokenFile)).toThrow('ENOENT')
  })
})

describe('a wrong configuration ends with 2 and names the setting', () => {
  it.each([
    ['no consumer key', { consumerKey: undefined }, 'consumerKey'],
    ['a secret that lost a character', { accessTokenSecret: 'QUJD' }, 'accessTokenSecret'],
    ['a secret that is no base64', { accessTokenSecret: '%%%' }, 'accessTokenSecret'],
    ['a DH prime that is no hex', { dhPrime: 'xyz' }, 'dhPrime'],
    ['a missing key file', { signatureKeyFile: 'none.pem' }, 'signatureKeyFile'],
    [
      'the two keys swapped',
      { signatureKeyFile: 'private_encryption.pem', encryptionKeyFile: 'private_signature.pem' },
      'encryptionKeyFile',
    ],
    ['a key file that holds something else', { encryptionKeyFile: 'dhparam.pem' }, 'encryptionKeyFile'],
  ])('%s', async (_, change, setting) => {
    const ended = await runProgram(['first-party', '--config', changedConfig(change), '--json'])
    expect(ended.exitCode).toBe(2)
    expect(documentOf(ended).error?.settings).toContain(setting)
    expect(ended.stderr).toContain(setting)
  })

  it('another encryption key', async () => {
    const path = changedConfig({ encryptionKeyFile: newKeyFile() })
    const ended = await runProgram(['first-party', '--config', path])
    expect(ended.exitCode).toBe(2)
    expect(ended.stdout).toMatch(/Look at: .*encryptionKeyFile/)
  })

  it('no settings at all, and an unknown word', async () => {
    expect((await runProgram(['first-party'])).exitCode).toBe(2)
    expect((await runProgram(['login'])).stdout).toMatch(/"login" is no command/)
    expect((await runProgram(['sso', '--verbose'])).exitCode).toBe(2)
  })
})

describe('the rest', () => {
  it('third-party, with nothing to paste from, says what to do', async () => {
    const environment = {
      IBKR_ACCESS_TOKEN_FILE: join(folder, 'nothing.json'),
      IBKR_CALLBACK_URL: 'https://www.example.com/callback',
    }
    const ended = await runProgram(['third-party', '--config', config, '--json'], environment)
    expect(ended.exitCode).toBe(2)
    expect(documentOf(ended).error?.settings).toEqual(['callbackUrl'])
    expect(ended.stderr).toContain('Standard input ended')
  })

  it("the README starts the sandbox on another port than the callback's", async () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
    const port = /main\.js --port (\d+)/.exec(readme)?.[1]
    const { signingKey, encryptionKey, oauth2 } = sandbox.credentials
    const keys = { signingKey, encryptionKey, oauth2: { privateKey: oauth2.privateKey } }
    const byDefault = await createSandbox({ credentials: keys })
    expect(port).toMatch(/^\d+$/)
    expect(new URL(byDefault.credentials.callbackUrl).port).not.toBe(port)
  })

  it('an unreachable server ends with 3', async () => {
    const path = changedConfig({ baseUrl: `http://127.0.0.1:${await freePort()}/v1/api` })
    const ended = await runProgram(['first-party', '--config', path, '--json'])
    expect(ended.exitCode).toBe(3)
    expect(documentOf(ended).error?.code).toBe('ERR_TRANSPORT_UNREACHABLE')
  })

  it('a clock that is off by an hour is made up for', async () => {
    // A sandbox of its own: one whose clock goes back an hour refuses what it would have to remember for an hour.
    await using ahead = await startSandbox({ credentials: sandbox.credentials })
    ahead.faults.setClockOffset(3_600_000)
    const config = changedConfig({ baseUrl: ahead.credentials.baseUrl })
    const { exitCode, stdout } = await runProgram(['first-party', '--config', config])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/accounts +DU\d+/)
  })

  it('help tells of every setting', async () => {
    const { exitCode, stdout } = await runProgram(['--help'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain('IBKR_CONSUMER_KEY, IBIND_OAUTH1A_CONSUMER_KEY')
    expect(stdout).toContain('Exit codes')
  })

  it('Ctrl-C while waiting for consent leaves nothing behind', async () => {
    const tokenFile = join(folder, 'interrupted.json')
    const run = startProgram(['third-party', '--config', config], { IBKR_ACCESS_TOKEN_FILE: tokenFile })
    await run.seen(/Waiting at/)
    run.child.kill('SIGINT')
    expect((await run.ended).exitCode).toBe(130)
    expect(() => statSync(tokenFile)).toThrow('ENOENT')
  })

  it('Ctrl-C in the middle of things logs out', async () => {
    sandbox.faults.add({ kind: 'delay', ms: 3_000, path: '*/iserver/marketdata/snapshot' })
    sandbox.log.clear()
    const run = startProgram(['first-party', '--config', config])
    await run.seen(/iserver\/auth\/ssodh\/init/)
    run.child.kill('SIGINT')
    expect((await run.ended).exitCode).toBe(130)
    expect(sandbox.log.last).toMatchObject({ target: '/v1/api/logout', status: 200 })
  })

  it('a reader that goes away leaves no session behind', async () => {
    sandbox.log.clear()
    const run = startProgram(['first-party', '--config', config])
    await run.seen(/oauth\/live_session_token/)
    run.child.stdout?.destroy()
    const { exitCode, stderr } = await run.ended
    expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: '' })
    expect(sandbox.log.last).toMatchObject({ target: '/v1/api/logout', status: 200 })
  })

  it('nothing that was printed holds a secret of the run', () => {
    const { accessToken, accessTokenSecret, encryptionKey, signingKey, oauth2 } = sandbox.credentials
    const secret = decryptAccessTokenSecret(accessTokenSecret, encryptionKey).reveal()
    const keyLines = [signingKey, encryptionKey, oauth2.privateKey].flatMap((pem) =>
      pem.trim().split('\n').slice(1, -1),
    )
    const kept = JSON.parse(readFileSync(join(folder, 'kept', 'token.json'), 'utf8'))
    const secrets = [
      accessToken,
      accessTokenSecret,
      kept.accessToken,
      kept.accessTokenSecret,
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret).toString('base64'),
      ...keyLines.filter((line) => line.length > 16),
    ]
    const everything = printed.join('')
    expect(everything.length).toBeGreaterThan(10_000)
    expect(secrets.filter((text) => everything.includes(text))).toEqual([])
    expect(everything).not.toMatch(/eyJ[\w-]+\.eyJ/)
    expect(everything).not.toMatch(/OAuth realm=|Bearer /)
  })
})
