import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { replaceFile } from '../src/credentials/replace-file.ts'
import { maskTarget } from '../src/explain/mask.ts'
import { pathPattern } from '../src/faults/path-pattern.ts'
import { formatEntry, isSandboxError, type Sandbox, writeCredentials } from '../src/index.ts'
import { LineWriter } from '../src/program/line-writer.ts'
import { connect, encode, type IndependentClient, testKeys } from './independent-client.ts'

let sandbox: Sandbox
let client: IndependentClient
let lst: Buffer

beforeEach(async () => {
  ;({ sandbox, client } = await connect())
  ;({ lst } = await client.liveSessionToken())
})

describe('what a stranger sends costs a bounded time', () => {
  // Read in more than one pass, none of these would end within the limit of a test.
  it('as the members of a JSON body', async () => {
    const quotes = '\\"'.repeat(500_000)
    const bodies = [
      `{"oauth_${quotes}`,
      `{"oauth_a":"${quotes}"}`,
      `{"oauth_a":1,"oauth_${quotes}":1,"\\u006fauth_a":2}`,
    ]
    const statuses = bodies.map(async (body) => {
      const request = new Request(`${sandbox.url}/tradingapi/v1/oauth/live_session_token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      return (await sandbox.handle(request)).status
    })
    // The last one is a member twice, which an escape spells in two ways.
    expect(await Promise.all(statuses)).toEqual([401, 401, 400])
  })

  it('as a JWT that is none', async () => {
    const body = `{${'eyJ'.repeat(340_000)}`
    const assertion = `grant_type=client_credentials&client_assertion_type=${encodeURIComponent('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')}&scope=echo.read&client_assertion=${body.slice(0, 60_000)}`
    const request = new Request(`${sandbox.url}/oauth2/api/v1/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: assertion,
    })
    expect((await sandbox.handle(request)).status).toBe(400)
  })

  it('as a form with many fields under a wrong signature, strict and lenient', async () => {
    for (const lenient of [false, true]) {
      const { client: signing } = await connect({ lenient })
      for (let count = 0; count < 8; count++) await signing.liveSessionToken()
      const { lst: hmac } = await signing.liveSessionToken()
      for (const [fields, length] of [
        [20_000, 1],
        [100, 2_000],
        [190, 150],
      ] as const) {
        const form = Array.from({ length: fields }, (_, index) => [`f${index}`, '%'.repeat(length)] as const)
        const spec = { method: 'POST', target: '/tradingapi/v1/accounts/DU1234567/orders', form }
        const response = await signing.send({
          ...spec,
          key: { hmac },
          signedUri: () => 'https://else.where/',
        })
        expect([401, 413]).toContain(response.status)
        expect(signing.sandbox.log.last?.explanation?.mistake).toMatch(/^(?:unknown|body-too-large)$/)
        expect(signing.sandbox.log.last?.explanation?.expectedBaseString?.length ?? 0).toBeLessThan(9_000)
      }
    }
  })

  it('as a path, for faults whose pattern has many stars', () => {
    const fits = pathPattern(`/${'*a'.repeat(40)}b`)
    expect(fits(`/${'a'.repeat(16_000)}`)).toBe(false)
    expect(fits(`/${'a'.repeat(16_000)}b`)).toBe(true)
    expect(pathPattern('/a*c')('/abc')).toBe(true)
    expect(pathPattern('/ab*bc')('/abc')).toBe(false)
    expect(pathPattern('/abc')('/abcd')).toBe(false)
    expect(pathPattern('*')('/anything')).toBe(true)
  })
})

describe('a body of an odd kind', () => {
  const odd: readonly string[] = [
    '{',
    'null',
    '7',
    '"text"',
    '[]',
    '[[[[]]]]',
    '{"orders":{}}',
    '{"orders":[null]}',
    '{"orders":[7]}',
    '{"orders":[{"conid":{"toString":1}}]}',
    '{"orders":[{"conid":265598,"side":{"toString":null},"quantity":[1]}]}',
    '{"orders":[{"conid":265598,"side":"BUY","quantity":{"valueOf":1},"orderType":"MKT"}]}',
    '{"orders":[{"conid":265598,"side":"BUY","quantity":1,"orderType":["MKT"]}]}',
    '{"__proto__":{"orders":[]}}',
    `{"orders":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
  ]

  it('is 400, never 500', async () => {
    const send = (target: string, body: string): Promise<Response> =>
      client.send({
        method: 'POST',
        target,
        key: { hmac: lst },
        headers: { 'content-type': 'application/json' },
        body,
      })
    await send('/v1/api/iserver/auth/ssodh/init', '{"publish":true,"compete":true}')
    await client.send({ target: '/v1/api/iserver/accounts', key: { hmac: lst } })
    for (const body of odd) {
      for (const path of ['/iserver/account/DU1234567/orders', '/iserver/account/DU1234567/orders/whatif']) {
        const response = await send(`/v1/api${path}`, body)
        expect(`${body.slice(0, 60)} ${path} ${response.status}`).toMatch(/ 400$/)
      }
      const legacy = await send('/tradingapi/v1/accounts/DU1234567/orders', body)
      expect(`${body.slice(0, 60)} legacy ${legacy.status}`).toMatch(/ 400$/)
    }
    for (const body of odd.filter((text) => !text.startsWith('{"'))) {
      const response = await send('/v1/api/iserver/auth/ssodh/init', body)
      expect(`${body} init ${response.status}`).toMatch(/ 400$/)
      expect(sandbox.log.last?.explanation?.mistake).toBe('malformed-body')
    }
  })

  it('is 400 at the admin endpoints too', async () => {
    for (const body of odd) {
      for (const path of ['faults', 'state']) {
        const request = new Request(`${sandbox.url}/_sandbox/${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        })
        expect(`${body.slice(0, 60)} ${path} ${(await sandbox.handle(request)).status}`).toMatch(/ 400$/)
      }
    }
  })
})

describe('a secret', () => {
  const names = [
    'access_token',
    'oauth_token',
    'oauth_token_secret',
    'client_assertion',
    'refresh_token',
    'bearer_token',
    'SID',
    'Access_Token',
    'access%5Ftoken',
    'access%255Ftoken',
    '%61ccess_token',
    'client%5fassertion',
  ]

  it('in a target is masked in log, text and JSON, however its name is written', async () => {
    for (const name of names) {
      for (const target of [
        `/v1/api/x?${name}=s3cr3t/value`,
        `/x?a=1&${name}=s3cr3t/value&b=2`,
        `/x?a;${name}=s3cr3t/value`,
      ]) {
        await sandbox.handle(new Request(sandbox.url + target))
        const entry = sandbox.log.last
        expect(`${target} -> ${JSON.stringify(entry)}`.replace(target, '')).not.toContain('s3cr3t')
        expect(formatEntry(entry!)).not.toContain('s3cr3t')
      }
    }
    const page = await (await sandbox.handle(new Request(sandbox.url))).text()
    const log = await (await sandbox.handle(new Request(`${sandbox.url}/_sandbox/log`))).text()
    expect(page + log).not.toContain('s3cr3t')
    expect(maskTarget('/x?conids=1&fields=31')).toBe('/x?conids=1&fields=31')
  })

  it('in a signed query, form or JSON body is masked in the base strings, however it was encoded', async () => {
    const value = 's3cr3t/+ value='
    const target = '/v1/api/portfolio/accounts'
    for (const name of ['access_token', 'client_assertion', 'token_secret']) {
      const query = [[name, value]] as const
      const wrong = [
        { target: `${target}?${name}=${encode(value)}`, query, signedMethod: 'get' },
        { target: `${target}?${name}=${encode(value)}`, query, encodePart: (text: string) => text },
        {
          target: `${target}?${name}=${encode(value)}`,
          query,
          encodePart: (text: string) => encode(text).replace(/%../g, (hex) => hex.toLowerCase()),
        },
        {
          target: `${target}?${name}=${encode(value)}`,
          query,
          signedUri: (uri: string) => `${uri}?${name}=${value}`,
        },
        {
          method: 'POST',
          target: '/tradingapi/v1/accounts/DU1234567/orders',
          form: query,
          signedMethod: 'GET',
        },
        {
          method: 'POST',
          target: '/v1/api/tickle',
          body: JSON.stringify({ [name]: value }),
          headers: { 'content-type': 'application/json' },
          signedPairs: (pairs: readonly (readonly [string, string])[]) => [...pairs, [name, value] as const],
        },
      ]
      for (const spec of wrong) {
        // A protocol parameter outside of the header is 400.
        expect([400, 401]).toContain((await client.send({ ...spec, key: { hmac: lst } })).status)
        expect(JSON.stringify(sandbox.log.last)).not.toMatch(/s3cr3t/)
        expect(sandbox.log.last?.explanation?.mistake).not.toBe('unknown')
      }
    }
  })
})

describe('files with credentials', () => {
  let directory: string

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sandbox-files-'))
  })

  afterEach(() => rm(directory, { recursive: true }))

  it('take the place of links and open files, which keep what they had', async () => {
    const out = join(directory, 'out')
    const theirs = join(directory, 'theirs.pem')
    await mkdir(out)
    await chmod(out, 0o755)
    await writeFile(theirs, 'theirs')
    await chmod(theirs, 0o666)
    await symlink(theirs, join(out, 'private_signature.pem'))
    await writeFile(join(out, 'credentials.json'), '{}')
    await chmod(join(out, 'credentials.json'), 0o666)
    await writeCredentials(out, sandbox.credentials)
    expect(await readFile(theirs, 'utf8')).toBe('theirs')
    for (const name of await readdir(out)) {
      expect(`${name} ${((await stat(join(out, name))).mode & 0o777).toString(8)}`).toBe(`${name} 600`)
      expect(name.endsWith('.tmp')).toBe(false)
    }
  })

  it('are private whatever the umask, and leave nothing behind where they cannot be put', async () => {
    const before = process.umask(0o277)
    try {
      await replaceFile(join(directory, 'a'), 'text')
    } finally {
      process.umask(before)
    }
    expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o600)
    await mkdir(join(directory, 'taken'))
    await writeFile(join(directory, 'taken', 'x'), '')
    await expect(replaceFile(join(directory, 'taken'), 'text')).rejects.toThrow()
    expect((await readdir(directory)).sort()).toEqual(['a', 'taken'])
  })

  it('are not written where others may write, or where nobody can', async () => {
    const open = join(directory, 'open')
    await mkdir(open)
    await chmod(open, 0o777)
    const refused = async (where: string): Promise<unknown> =>
      writeCredentials(where, sandbox.credentials).then(
        () => 'written',
        (error: unknown) => isSandboxError(error) && `${error.code} ${error.message}`,
      )
    expect(await refused(open)).toMatch(/^ERR_SANDBOX_CREDENTIALS_UNWRITABLE .*chmod go-w/)
    await chmod(open, 0o775)
    expect(await refused(open)).toMatch(/^ERR_SANDBOX_CREDENTIALS_UNWRITABLE .*chmod go-w/)
    expect(await readdir(open)).toEqual([])
    await writeFile(join(directory, 'file'), '')
    expect(await refused(join(directory, 'file', 'x'))).toMatch(/^ERR_SANDBOX_CREDENTIALS_UNWRITABLE/)
  })
})

describe('the process ends', () => {
  it('after close(), with an answer held back for hours', async () => {
    const entry = new URL('../dist/index.js', import.meta.url).href
    const { signingKey, encryptionKey, oauth2 } = testKeys()
    const code = `
      import { startSandbox } from ${JSON.stringify(entry)}
      const credentials = ${JSON.stringify({ signingKey, encryptionKey, oauth2 })}
      const sandbox = await startSandbox({ credentials })
      sandbox.faults.add({ kind: 'delay', ms: 3_600_000 })
      const asked = fetch(sandbox.url + '/v1/api/x').catch(() => 'cut')
      while (sandbox.faults.list().length > 0) await new Promise(setImmediate)
      await sandbox.close()
      console.log(await asked)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let output = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    expect([...(await once(child, 'close')), output]).toEqual([0, null, 'cut\n'])
  })
})

describe('a reader of the log that stops reading', () => {
  it('costs no memory: lines are left out, and their number is said', () => {
    const waiting: (() => void)[] = []
    const written: string[] = []
    const stream = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        written.push(chunk.toString())
        waiting.push(done)
      },
    })
    const writer = new LineWriter(stream)
    for (let line = 0; line < 10_000; line++) writer.write(String(line).padStart(1_000, '.'))
    expect(stream.writableLength).toBeLessThan(1_100_000)
    for (let round = 0; round < 20_000; round++) waiting.shift()?.()
    while (stream.writableLength > 0) waiting.shift()?.()
    writer.write('again')
    expect(written.at(-1)).toMatch(/^\(\d+ lines left out: nobody read them\)\n$/)
    waiting.shift()?.()
    expect(written.at(-1)).toBe('again\n')
  })
})

describe('a caller of the API', () => {
  it('whose listener throws ends nothing, and hears of it', async () => {
    const warned = once(process, 'warning')
    const heard: number[] = []
    sandbox.log.subscribe(() => {
      throw new Error('of the listener')
    })
    sandbox.log.subscribe(({ status }) => heard.push(status))
    const spec = { target: '/v1/api/portfolio/accounts', key: { hmac: lst } }
    expect((await client.send(spec)).status).toBe(200)
    expect(heard).toEqual([200])
    expect((await warned)[0]).toMatchObject({ message: 'of the listener' })
  })

  it('may move the clock ten years either way, not out of the calendar', async () => {
    for (const ms of [8.64e15, -8.64e15, 315_360_000_001, Number.NaN]) {
      expect(() => sandbox.faults.setClockOffset(ms)).toThrow(/offset/)
    }
    expect(() => sandbox.faults.setLiveSessionTokenLifetime(Number.MAX_SAFE_INTEGER)).toThrow(/lifetime/)
    sandbox.faults.setClockOffset(315_360_000_000)
    expect((await client.send({ target: '/v1/api/portfolio/accounts', key: { hmac: lst } })).status).toBe(401)
    expect(formatEntry(sandbox.log.last!)).toContain('401')
  })
})
