import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** A Redis that belongs to a test file. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  /** Kills it at once, as a crash does. */
  kill(): Promise<void>
  /** Starts it again on the same port; whatever was not on disk is gone. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Whether a server can be started here, and killed. */
export const hasRedisServer: boolean = findRedis()

/** Whether there is a Redis at all: one that can be started, or one that `REDIS_URL` names. */
export const hasRedis: boolean = hasRedisServer || process.env.REDIS_URL !== undefined

function findRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** The server that `REDIS_URL` names, of which nothing but keys with a prefix of one's own may be touched, or else one of the tests' own. */
export async function anyRedis(): Promise<Pick<RedisServer, 'url' | 'stop'>> {
  const url = process.env.REDIS_URL
  return url === undefined ? startRedis() : { url, stop: () => Promise.resolve() }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

/**
 * Starts a server on a port of its own, on loopback only, that writes nothing to disk unless `persistent`. With `cluster` it is a node that
 * has no slots yet.
 */
export async function startRedis(
  options: { readonly persistent?: boolean; readonly cluster?: boolean } = {},
): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'ibkr-auth-redis-'))
  const port = await freePort()
  let child: ChildProcess | undefined
  const start = async (): Promise<void> => {
    const disk = options.persistent
      ? ['--appendonly', 'yes', '--appendfsync', 'always']
      : ['--appendonly', 'no']
    const clusterPort = options.cluster ? String(await freePort()) : ''
    const cluster = options.cluster
      ? ['--cluster-enabled', 'yes', '--cluster-port', clusterPort, '--cluster-announce-ip', '127.0.0.1']
      : []
    const network = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder]
    const started = spawn('redis-server', [...network, '--save', '', ...disk, ...cluster], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    child = started
    for await (const line of createInterface({ input: started.stdout })) {
      if (line.includes('Ready to accept connections')) break
    }
    started.stdout.resume()
    if (started.exitCode !== null) throw new Error(`redis-server ended with ${started.exitCode}`)
  }
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
  await start()
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    start,
    kill,
    async stop() {
      await kill()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}
