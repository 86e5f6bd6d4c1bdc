import process from 'node:process'
import { serve } from '@hono/node-server'
import { Hono } from 'hono'

// Runs in a process of its own: the sandbox's HTTP library with nothing behind it. It prints its port and ends when its
// standard input does.

const reply: unknown = JSON.parse(process.argv[2] ?? '[]')
const app = new Hono()
app.all('*', (context) => context.json(reply))
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.stdout.write(`${port}\n`))
process.stdin.on('end', () => process.exit(0)).resume()
