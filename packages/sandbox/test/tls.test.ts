import { execFileSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningSandbox, startSandbox, writeCredentials } from '../src/index.ts'
import { loopbackCertificate } from '../src/tls/loopback-certificate.ts'
import { IndependentClient, testKeys } from './independent-client.ts'

describe('a certificate for loopback', () => {
  const { certificate, authority } = loopbackCertificate(Date.now())

  it('names loopback, is signed by an authority that may sign for nothing else, and holds by the book', async () => {
    const server = new X509Certificate(certificate)
    const signer = new X509Certificate(authority)
    expect(server.verify(signer.publicKey)).toBe(true)
    expect([server.ca, signer.ca]).toEqual([false, true])
    for (const name of ['127.0.0.1', '::1']) expect(server.checkIP(name)).toBe(name)
    expect(server.checkHost('localhost')).toBe('localhost')
    expect(server.checkHost('api.ibkr.com')).toBeUndefined()
    const directory = await mkdtemp(join(tmpdir(), 'sandbox-tls-'))
    const file = async (name: string, pem: string): Promise<string> => {
      await writeFile(join(directory, name), pem)
      return join(directory, name)
    }
    const ca = await file('ca.pem', authority)
    const leaf = await file('leaf.pem', certificate)
    const openssl = (...args: string[]): string => execFileSync('openssl', args, { encoding: 'utf8' })
    expect(openssl('verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', ca, leaf)).toContain(': OK')
    const text = openssl('x509', '-in', ca, '-noout', '-text')
    expect(text).toMatch(
      /Name Constraints: critical\s+Permitted:\s+DNS:localhost\s+IP:127\.0\.0\.0\/255\.0\.0\.0\s+IP:0:0:0:0:0:0:0:1\/FFFF/,
    )
    await rm(directory, { recursive: true })
  })

  it('has an authority of its own each time', () => {
    expect(loopbackCertificate(Date.now()).authority).not.toBe(authority)
  })
})

describe('a sandbox with TLS', () => {
  let sandbox: RunningSandbox

  beforeAll(async () => {
    sandbox = await startSandbox({ credentials: testKeys(), tls: true })
  })

  afterAll(() => sandbox.close())

  async function get(path: string, headers: Record<string, string>, ca?: string): Promise<IncomingMessage> {
    const asked = request(sandbox.url + path, {
      ca,
      headers: { 'user-agent': 'x', ...headers },
      agent: false,
    }).end()
    const [response] = (await once(asked, 'response')) as [IncomingMessage]
    response.resume()
    return response
  }

  it('is called by https and verified as such; its cookies are Secure', async () => {
    expect(sandbox.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    const client = new IndependentClient(sandbox)
    const { lst } = await client.liveSessionToken()
    const path = '/v1/api/portfolio/accounts'
    const authorization = client.authorization({ target: path, key: { hmac: lst } })
    const { statusCode, headers } = await get(
      path,
      { authorization },
      sandbox.credentials.certificateAuthority,
    )
    expect(statusCode).toBe(200)
    expect(headers['set-cookie']?.[0]).toContain('Secure')
  })

  it('is trusted by whoever trusts its authority, and by nobody else', async () => {
    await expect(get('/', {})).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
  })

  it('writes the certificate of its authority beside the credentials, and no key of it', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sandbox-tls-'))
    await writeCredentials(directory, sandbox.credentials)
    const ca = await readFile(join(directory, 'ca.pem'), 'utf8')
    expect(ca).toBe(sandbox.credentials.certificateAuthority)
    expect(ca).not.toContain('PRIVATE')
    await rm(directory, { recursive: true })
  })

  it('closes with connections that are half open', async () => {
    const own = await startSandbox({ credentials: testKeys(), tls: true })
    const { connect } = await import('node:net')
    const socket = connect(Number(new URL(own.url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.on('error', () => socket.destroy())
    const closed = once(socket, 'close')
    await own.close()
    await closed
  })
})
