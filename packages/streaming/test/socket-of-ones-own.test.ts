import { expect, it, vi } from 'vitest'
import { createStream, type StreamEvent } from '../src/index.ts'
import { opened } from './set-up.ts'

// As in a Worker, where there is neither undici nor a socket of Node's.
vi.mock('undici', () => {
  throw new Error('no undici here')
})
vi.mock('node:net', () => {
  throw new Error('no sockets here')
})

it('a socket of the caller needs neither undici nor a socket of Node', async () => {
  const { stream } = await opened()
  expect(stream.status().state).toBe('open')
})

it('without one, the lack is told and tried again', async () => {
  const events: StreamEvent[] = []
  const stream = createStream({
    url: 'wss://api.ibkr.com/v1/api/ws',
    connect: async () => ({ query: { name: 'oauth_token', value: 'x' }, session: 'y' }),
  })
  stream.on((event) => events.push(event))
  const ended = stream.ready().catch(() => undefined)
  await vi.waitFor(() => expect(events.at(-1)).toMatchObject({ type: 'error' }), { timeout: 60_000 })
  expect(stream.status().state).toBe('waiting')
  stream.close()
  await ended
})
