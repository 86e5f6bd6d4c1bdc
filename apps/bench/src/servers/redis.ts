import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { createInterface } from 'node:readline'

/** Starts a Redis on loopback that writes nothing to disk and ends with this process: its port, if one is installed. */
export async function startRedis(): Promise<number | undefined> {
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  free.close()
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no']
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'inherit'] })
  if (!(await once(child, 'spawn').catch(() => false))) return undefined
  process.once('exit', () => child.kill())
  for await (const line of createInterface({ input: child.stdout }))
    if (line.includes('Ready to accept connections')) return port
  throw new Error(`redis-server ended with ${child.exitCode}`)
}
