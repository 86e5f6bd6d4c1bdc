import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decryptAccessTokenSecret } from '@ibkr-auth/dh-live-session-token'
import { type RunningSandbox, startSandbox, writeCredentials } from '@ibkr-auth/sandbox'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { printed, runProgram, startProgram, stopPrograms } from './run-program.ts'

// The program as its users have it: built, in a process of its own, against a sandbox on a socket.

// A brokerage session takes its time to settle, as IBKR's does, and a busy machine its own.

let sandbox: RunningSandbox
let home: string
let folder: string
let environment: Record<string, string>

beforeAll(async () => {
  const callbackUrl = `http://127.0.0.1:${await freePort()}/callback`
  sandbox = await startSandbox({ credentials: { callbackUrl } })
  home = mkdtempSync(join(tmpdir(), 'ibkr-cli-'))
  folder = join(home, 'ibkr-auth', 'paper')
  environment = { XDG_CONFIG_HOME: home, APPDATA: home }
  mkdirSync(folder, { recursive: true })
  await writeCredentials(folder, sandbox.credentials)
})

afterAll(async () => {
  await sandbox.close()
  rmSync(home, { recursive: true, force: true })
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

const run = (words: readonly string[], more: Record<string, string> = {}) =>
  runProgram(words, { ...environment, ...more })

/** A profile with some members changed. */
function changedConfig(change: Record<string, unknown>): string {
  const path = join(folder, 'changed.json')
  const members = JSON.parse(readFileSync(join(folder, 'credentials.json'), 'utf8'))
  writeFileSync(path, JSON.stringify({ ...members, ...change }))
  return path
}

async function press(button: 'approve' | 'cancel', text: string): Promise<string> {
  const url = /https?:\S+\/authorize\?\S+/.exec(text)?.[0] ?? ''
  const page = await (await fetch(url)).text()
  const { action, fields } = formOf(page, button)
  const response = await fetch(new URL(action, url), {
    method: 'POST',
    body: new URLSearchParams(fields),
    redirect: 'manual',
  })
  return response.headers.get('location') ?? ''
}

function formOf(page: string, button: string): { action: string; fields: Record<string, string> } {
  const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? ''
  const inputs = [...page.matchAll(/<input[^>]*name="([^"]*)"[^>]*value="([^"]*)"/g)]
  const pressed = new RegExp(`<button[^>]*name="([^"]*)"[^>]*value="(${button}[^"]*)"`).exec(page)
  const fields = Object.fromEntries(inputs.map(([, name = '', value = '']) => [name, value]))
  return { action, fields: pressed === null ? fields : { ...fields, [pressed[1] ?? '']: pressed[2] ?? '' } }
}

describe('request', () => {
  it('prints the reply for people and for machines', async () => {
    const forPeople = await run(['request', 'GET', '/portfolio/accounts', '--profile', 'paper'])
    expect(forPeople).toMatchObject({ exitCode: 0, stderr: '' })
    expect(JSON.parse(forPeople.stdout)[0].id).toMatch(/^DU\d+$/)
    const forMachines = await run(['request', 'get', '/portfolio/accounts', '--profile', 'paper', '--json'])
    expect(JSON.parse(forMachines.stdout)).toMatchObject({ status: 200, body: [{ id: expect.any(String) }] })
  })

  it('signs a query, and logs nobody out', async () => {
    sandbox.log.clear()
    const ended = await run([
      'request',
      'GET',
      '/portfolio/accounts',
      '--query',
      'a=b c',
      '--query',
      'a=1',
      '--profile',
      'paper',
    ])
    expect(ended.exitCode).toBe(0)
    expect(sandbox.log.last?.target).toMatch(/\?a=b(?:%20|\+)c&a=1$/)
  })

  it('sends nothing that may change something unless it is told to', async () => {
    sandbox.log.clear()
    const words = [
      'request',
      'POST',
      '/iserver/questions/suppress',
      '--data',
      '{"messageIds":[]}',
      '--profile',
      'paper',
    ]
    const asked = await run(words)
    expect(asked).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--yes') })
    expect(sandbox.log.entries).toEqual([])
    await run([...words, '--yes'])
    expect(sandbox.log.entries.length).toBeGreaterThan(0)
  })

  it.each([
    ['no method', ['request'], /METHOD/],
    ['a method that is none', ['request', 'FETCH', '/a'], /METHOD/],
    ['no path', ['request', 'GET'], /slash/],
    ['a URL', ['request', 'GET', 'https://example.com/'], /slash/],
    ['a body that is no JSON', ['request', 'POST', '/a', '--data', '{'], /JSON/],
    ['a body that is not there', ['request', 'POST', '/a', '--data', '@nowhere'], /ENOENT/],
    ['a query without a name', ['request', 'GET', '/a', '--query', '=1'], /NAME=VALUE/],
  ])('%s is told before anything is read', async (_name, words, message) => {
    expect(await run(words)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(message) })
  })

  it('ends with 1 where the server refuses and with 3 where there is none', async () => {
    const refused = await run([
      'request',
      'GET',
      '/portfolio/accounts',
      '--config',
      changedConfig({ accessToken: '00' }),
    ])
    expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('ibkr-auth doctor') })
    const nowhere = changedConfig({ baseUrl: `http://127.0.0.1:${await freePort()}/v1/api` })
    const unreachable = await run(['request', 'GET', '/a', '--config', nowhere, '--json'])
    expect(unreachable.exitCode).toBe(3)
    expect(JSON.parse(unreachable.stdout).error).toMatchObject({ exitCode: 3 })
  })

  it('takes keys as texts from the environment, as ibind has them', async () => {
    const { credentials: c } = sandbox
    const ended = await run(['request', 'GET', '/portfolio/accounts'], {
      IBIND_OAUTH1A_REST_URL: `${c.baseUrl}/`,
      IBIND_OAUTH1A_CONSUMER_KEY: c.consumerKey,
      IBIND_OAUTH1A_ACCESS_TOKEN: c.accessToken,
      IBIND_OAUTH1A_ACCESS_TOKEN_SECRET: c.accessTokenSecret,
      IBIND_OAUTH1A_DH_PRIME: c.dhPrime,
      IBIND_OAUTH1A_ENCRYPTION_KEY: c.encryptionKey,
      IBIND_OAUTH1A_SIGNATURE_KEY: c.signingKey.replaceAll('\n', '\\n'),
    })
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
  })

  it('signs in by OAuth 2.0 where the settings are for that', async () => {
    const config = changedConfig({ consumerKey: undefined })
    const ended = await run(['request', 'GET', '/portfolio/accounts', '--config', config])
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' })
  })
})

describe('login', () => {
  const words = () => [
    'login',
    '--config',
    changedConfig({ accessToken: undefined, accessTokenSecret: undefined }),
  ]

  it('keeps the token of a user who consents, for the owner alone, and requests use it', async () => {
    const tokenFile = join(home, 'kept', 'token.json')
    const more = { ...environment, IBKR_ACCESS_TOKEN_FILE: tokenFile }
    const login = startProgram(words(), more)
    await fetch(await press('approve', await login.seen(/Waiting at/)))
    expect(await login.ended).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(tokenFile) })
    if (process.platform !== 'win32') expect(statSync(tokenFile).mode & 0o777).toBe(0o600)
    expect((await run(words(), more)).stdout).toContain('--again')
    const config = words()[2] ?? ''
    expect(await run(['request', 'GET', '/portfolio/accounts', '--config', config], more)).toMatchObject({
      exitCode: 0,
    })
  })

  it('keeps nothing of a user who cancels', async () => {
    const tokenFile = join(home, 'cancelled.json')
    const login = startProgram(words(), { ...environment, IBKR_ACCESS_TOKEN_FILE: tokenFile })
    await fetch(await press('cancel', await login.seen(/Waiting at/)))
    expect(await login.ended).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('cancelled') })
    expect(() => statSync(tokenFile)).toThrow('ENOENT')
  })

  it('takes a pasted verifier where the callback is not on this machine', async () => {
    const more = {
      IBKR_ACCESS_TOKEN_FILE: join(home, 'pasted.json'),
      IBKR_CALLBACK_URL: 'https://www.example.com/callback',
    }
    const login = startProgram(words(), { ...environment, ...more })
    const location = await press('approve', await login.seen(/Then paste/))
    login.child.stdin?.end(`${new URL(location).searchParams.get('oauth_verifier')}\n`)
    expect(await login.ended).toMatchObject({ exitCode: 0 })
  })

  it('ends at Ctrl-C and leaves nothing behind', async () => {
    const tokenFile = join(home, 'interrupted.json')
    const login = startProgram(words(), { ...environment, IBKR_ACCESS_TOKEN_FILE: tokenFile })
    await login.seen(/Waiting at/)
    login.child.kill('SIGINT')
    expect((await login.ended).exitCode).toBe(130)
    expect(() => statSync(tokenFile)).toThrow('ENOENT')
  })
})

describe('keygen', () => {
  it('makes keys with which doctor finds nothing wrong on the sandbox', async () => {
    const directory = join(home, 'made')
    const made = await run(['keygen', directory, '--group', 'modp14', '--encrypt'], {
      IBKR_KEY_PASSPHRASE: 'correct horse',
    })
    expect(made).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('public_signature.pem') })
    expect(await run(['keygen', directory, '--check'])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('is encrypted'),
    })
    const checked = await run(['keygen', directory, '--check'], { IBKR_KEY_PASSPHRASE: 'correct horse' })
    expect(checked.exitCode, checked.stdout).toBe(0)
    const again = await run(['keygen', directory, '--group', 'modp14'])
    expect(again).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('never overwritten') })
  })
})

describe('doctor', () => {
  it('finds nothing wrong, for people and for machines', async () => {
    const forPeople = await run(['doctor', '--profile', 'paper', '--sign-in'])
    expect(forPeople.stdout).toContain('Nothing is wrong.')
    expect(forPeople.exitCode).toBe(0)
    const forMachines = await run(['doctor', '--profile', 'paper', '--sign-in', '--json', '--flow', 'oauth2'])
    expect(JSON.parse(forMachines.stdout)).toMatchObject({ flow: 'oauth2', findings: expect.any(Array) })
  })

  it('does not sign in where nobody can be asked', async () => {
    const { stdout } = await run(['doctor', '--profile', 'paper'])
    expect(stdout).toContain('signing in: you said no')
  })

  it('begins with what is wrong', async () => {
    const { exitCode, stdout } = await run([
      'doctor',
      '--sign-in',
      '--config',
      changedConfig({ consumerKey: 'testcons' }),
    ])
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(/Begin with this: the consumer key is unknown, and has small letters/)
  })

  it('tells a base URL that is not whole from a refusal', async () => {
    const config = changedConfig({ baseUrl: sandbox.url })
    const { stdout } = await run(['doctor', '--sign-in', '--config', config])
    expect(stdout).toMatch(/no live_session_token where baseUrl leads.*\.\n.*write baseUrl whole/)
  })

  it('says what it would send', async () => {
    expect((await run(['doctor', '--plan'])).stdout).toContain('POST /oauth/live_session_token')
  })
})

describe('the program', () => {
  it('has a page for each command, with an example', async () => {
    const { stdout } = await run(['help'])
    const names = [...stdout.matchAll(/^ {2}([a-z]+) {2}/gm)].map(([, name]) => name ?? '')
    expect(names).toEqual(expect.arrayContaining(['keygen', 'doctor', 'login', 'request', 'sandbox']))
    for (const name of names) expect((await run(['help', name])).stdout).toMatch(/Example|IBKR_CONSUMER_KEY/)
    expect((await run(['doctor', '--help'])).stdout).toBe((await run(['help', 'doctor'])).stdout)
    expect((await run(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  })

  it('names itself as it was called', async () => {
    expect((await run(['help', 'doctor'])).stdout).toMatch(/^ibkr-auth doctor /)
    const byNpx = await run(['help', 'doctor'], { npm_command: 'exec' })
    expect(byNpx.stdout).toMatch(/^npx @ibkr-auth\/cli doctor /)
    expect(byNpx.stdout).not.toMatch(/(?<!@)ibkr-auth /)
    const refused = await run(['request', 'GET', '/x', '--profile', 'none'], { npm_command: 'exec' })
    expect(refused.stderr).toContain('npx @ibkr-auth/cli doctor')
  })

  it.each([
    ['an unknown command', ['logon'], /no command/],
    ['an unknown option', ['doctor', '--fast'], /fast/],
    ['a profile that is not there', ['doctor', '--profile', 'none'], /does not exist/],
    ['a word too many', ['doctor', 'now'], /too many/],
  ])('%s ends with 2', async (_name, words, message) => {
    expect(await run(words)).toMatchObject({ exitCode: 2, stderr: expect.stringMatching(message) })
  })

  it('ends without a word where nobody reads any more', async () => {
    const started = startProgram(['doctor', '--profile', 'paper', '--sign-in'], environment)
    await started.seen(/settings/)
    started.child.stdout?.destroy()
    const { exitCode, stderr } = await started.ended
    expect(stderr).toBe('')
    expect([0, 130]).toContain(exitCode)
  })

  it('starts the sandbox as a profile until it is told to end', async () => {
    const started = startProgram(['sandbox', '--json'], environment)
    const { url } = JSON.parse(await started.seen(/\}\n/))
    expect((await fetch(url)).status).toBe(200)
    const ended = await run(['request', 'GET', '/portfolio/accounts', '--profile', 'sandbox'])
    expect(ended.exitCode).toBe(0)
    started.child.kill('SIGTERM')
    expect((await started.ended).exitCode).toBe(0)
  })

  it('printed no secret in all of this', () => {
    const { accessToken, accessTokenSecret, encryptionKey, signingKey, oauth2 } = sandbox.credentials
    const secret = decryptAccessTokenSecret(accessTokenSecret, encryptionKey).reveal()
    const keyLines = [signingKey, encryptionKey, oauth2.privateKey].flatMap((pem) =>
      pem.trim().split('\n').slice(1, -1),
    )
    const kept = JSON.parse(readFileSync(join(home, 'kept', 'token.json'), 'utf8'))
    const secrets = [
      accessToken,
      accessTokenSecret,
      kept.accessToken,
      kept.accessTokenSecret,
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret).toString('base64'),
      'correct horse',
      ...keyLines.filter((line) => line.length > 16),
    ]
    const everything = printed.join('')
    expect(everything.length).toBeGreaterThan(10_000)
    expect(secrets.filter((text) => everything.includes(text))).toEqual([])
    expect(everything).not.toMatch(/eyJ[\w-]+\.eyJ|OAuth realm=|Bearer /)
  })
})
