import { afterEach, describe, expect, it, vi } from 'vitest'
import { createHarness } from './support/harness.ts'

const session = [
  'api=0123456789abcdef0123456789abcdef; Path=/; Secure; HttpOnly; SameSite=None',
  'x-sess-uuid=0.1234.1700000000.abcd; secure; HttpOnly',
]

async function cookieAfter(setCookie: string[], path = '/b', options = {}) {
  const { transport, dispatcher } = createHarness(
    (exchange) => exchange.reply(200, '', { 'set-cookie': setCookie }),
    options,
  )
  await transport.get('/a')
  await transport.get(path)
  return dispatcher.last.header('cookie')
}

afterEach(() => vi.restoreAllMocks())

describe('cookies', () => {
  it("of IBKR's sessions are kept and sent back", async () => {
    expect(await cookieAfter(session)).toBe(
      'x-sess-uuid=0.1234.1700000000.abcd; api=0123456789abcdef0123456789abcdef',
    )
  })

  it('that come without a path are sent to all paths below the base URL, wherever they came from', async () => {
    const { transport, dispatcher } = createHarness((exchange) =>
      exchange.reply(200, '', { 'set-cookie': 'x-sess-uuid=0.1; secure' }),
    )
    await transport.post('/oauth/live_session_token')
    await transport.get('/iserver/accounts')
    expect(dispatcher.last.header('cookie')).toBe('x-sess-uuid=0.1')
  })

  it('are not there before the server set them', async () => {
    const { transport, dispatcher } = createHarness()
    await transport.get('/a')
    expect(dispatcher.last.header('cookie')).toBeUndefined()
  })

  it('change with any response, also with a refusal', async () => {
    const { transport, dispatcher } = createHarness((exchange, number) =>
      exchange.reply(number === 2 ? 401 : 200, '', { 'set-cookie': `api=${number}; Path=/; Secure` }),
    )
    await transport.get('/a')
    await transport.get('/a', { throwHttpErrors: false })
    await transport.get('/a')
    expect(dispatcher.last.header('cookie')).toBe('api=2')
  })

  it.each([
    ['of other names', 'JSESSIONID=1; Path=/'],
    ['for another domain', 'api=1; Domain=evil.example'],
    ['for a public suffix', 'api=1; Domain=com'],
    ['for another path', 'api=1; Path=/gw'],
    ['that ended', 'api=1; Path=/; Max-Age=0'],
    ['that are broken', 'api'],
    ['without a name', '=1'],
    ['with a line break', 'api=1\r\nx-evil: 1; Path=/'],
    ['with letters beyond ASCII', 'api=1ü; Path=/'],
  ])('%s are not sent', async (_, cookie) => {
    expect((await cookieAfter([cookie])) ?? '').not.toMatch(/1/)
  })

  it('of other names are kept if they are wanted', async () => {
    expect(
      await cookieAfter(['JSESSIONID=1; Path=/', 'api=2; Path=/'], '/b', {
        cookies: { names: ['JSESSIONID'] },
      }),
    ).toBe('JSESSIONID=1')
  })

  it('end when they should, within a second', async () => {
    // Whole seconds, as the header has them.
    const startMs = Math.ceil(Date.now() / 1_000) * 1_000
    vi.spyOn(Date, 'now').mockReturnValue(startMs)
    const { transport, dispatcher, clock } = createHarness((exchange, number) =>
      exchange.reply(
        200,
        '',
        number === 1
          ? { 'set-cookie': `api=1; Path=/; Expires=${new Date(startMs + 1_000).toUTCString()}` }
          : {},
      ),
    )
    await transport.get('/a')
    await transport.get('/a')
    expect(dispatcher.last.header('cookie')).toBe('api=1')
    // The jar goes by the machine's wall clock.
    vi.spyOn(Date, 'now').mockReturnValue(startMs + 1_100)
    await clock.advance(1_100)
    await transport.get('/a')
    expect(dispatcher.last.header('cookie')).toBeUndefined()
  })

  it('are those of each path, query or not', async () => {
    const { transport, dispatcher } = createHarness((exchange, number) =>
      exchange.reply(200, '', number === 1 ? { 'set-cookie': 'api=1; Path=/v1/api/deep' } : {}),
    )
    await transport.get('/a')
    const sent: (string | undefined)[] = []
    for (const path of ['/deep', '/shallow', '/deep?a=b', '/deep/er?c', '/shallow']) {
      await transport.get(path)
      sent.push(dispatcher.last.header('cookie'))
    }
    expect(sent).toEqual(['api=1', undefined, 'api=1', 'api=1', undefined])
  })

  it('can be forgone', async () => {
    expect(await cookieAfter(session, '/b', { cookies: false })).toBeUndefined()
  })

  it('can be forgotten, as after a logout', async () => {
    const { transport, dispatcher } = createHarness((exchange, number) =>
      exchange.reply(200, '', number === 1 ? { 'set-cookie': session } : {}),
    )
    await transport.get('/a')
    transport.clearCookies()
    await transport.get('/b')
    expect(dispatcher.last.header('cookie')).toBeUndefined()
  })

  it('belong to one transport, also where the connections are shared', async () => {
    const first = createHarness((exchange, number) =>
      exchange.reply(200, '', number === 1 ? { 'set-cookie': session } : {}),
    )
    const second = createHarness(undefined, { dispatcher: first.dispatcher })
    await first.transport.get('/a')
    await second.transport.get('/a')
    expect(first.dispatcher.last.header('cookie')).toBeUndefined()
  })

  it('join those of the caller', async () => {
    const { transport, dispatcher } = createHarness((exchange) =>
      exchange.reply(200, '', { 'set-cookie': 'api=1; Path=/' }),
    )
    await transport.get('/a')
    await transport.get('/b', { headers: { Cookie: 'own=2' } })
    const { headers } = dispatcher.last.request
    expect(headers.filter((name, at) => at % 2 === 0 && name === 'cookie')).toHaveLength(1)
    expect(dispatcher.last.header('cookie')).toBe('own=2; api=1')
  })

  it('too many at once do no harm', async () => {
    const flood = Array.from({ length: 10_000 }, (_, number) => `api=${number}; Path=/v1/api/${number}`)
    expect(await cookieAfter(flood, '/49')).toBe('api=49')
    expect(await cookieAfter(flood, '/50')).toBeUndefined()
  })
})
