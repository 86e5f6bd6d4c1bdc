import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { createInterface } from 'node:readline'

export interface RedisServer {
  readonly port: number
  stop(): Promise<void>
}

/** A Redis on loopback that writes nothing to disk; undefined where none is installed. */
export async function startRedis(): Promise<RedisServer | undefined> {
  const port = await freePort()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const started = await once(child, 'spawn').catch(() => undefined)
  if (started === undefined) return undefined
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.includes('Ready to accept connections')) break
  }
  child.stdout.resume()
  const stop = async (): Promise<void> => {
    child.kill()
    await once(child, 'exit')
  }
  return { port, stop }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('the system gave no port')
  return address.port
}
