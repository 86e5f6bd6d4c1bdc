import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { answerProbes } from '../src/observability/probes.ts'

const health = { session: { ok: true, remedy: undefined as string | undefined }, stream: { ok: true } }
let server: Server
let base: string

beforeAll(async () => {
  const parts = { session: { health: () => health.session }, stream: { health: () => health.stream } }
  server = createServer(answerProbes(parts))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => {
  server.closeAllConnections()
  server.close()
})

it('is ready while everything works, and says what does not', async () => {
  expect((await fetch(`${base}/ready`)).status).toBe(200)
  health.session = { ok: false, remedy: 'wait' }
  const reply = await fetch(`${base}/ready`)
  expect(reply.status).toBe(503)
  expect(await reply.json()).toEqual({
    ok: false,
    parts: [
      { name: 'session', ok: false, remedy: 'wait' },
      { name: 'stream', ok: true },
    ],
  })
})

it('lives whatever IBKR does, for a restart would only log in once more', async () => {
  health.session = { ok: false, remedy: undefined }
  expect((await fetch(`${base}/live`)).status).toBe(200)
  expect((await fetch(`${base}/other`)).status).toBe(404)
})

it('is the code that the page shows', () => {
  const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
  expect(read('../../../docs/in-production.md')).toContain(read('../src/observability/probes.ts'))
})
