import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type RunningSandbox, startSandbox } from '../src/index.ts'
import { IndependentClient, testKeys } from './independent-client.ts'

let sandbox: RunningSandbox

beforeEach(async () => {
  sandbox = await startSandbox({ credentials: testKeys() })
})

afterEach(() => sandbox.close())

async function open(headers: Record<string, string> = {}): Promise<IncomingMessage> {
  const asked = get(`${sandbox.url}/_sandbox/events`, { headers, agent: false })
  const [response] = (await once(asked, 'response')) as [IncomingMessage]
  response.setEncoding('utf8')
  return response
}

/** Reads until an event of this name comes, and gives what it says. */
async function told(response: IncomingMessage, name: string, says = ''): Promise<string> {
  let text = ''
  for await (const chunk of response.iterator({ destroyOnReturn: false })) {
    text += chunk
    for (const [, event, data] of text.matchAll(/event: (\w+)\ndata: (.*)\n\n/g)) {
      const shown = String(JSON.parse(data ?? '""'))
      if (event === name && shown.includes(says)) return shown
    }
  }
  throw new Error(`the stream ended with: ${text}`)
}

describe('the events of the page', () => {
  it('tell each request as it comes, escaped, with its explanation', async () => {
    const events = await open()
    await fetch(`${sandbox.url}/v1/api/"><b>x`)
    const row = await told(events, 'entry')
    expect(row).toContain('missing-authorization')
    expect(row).not.toContain('<b>x')
    events.destroy()
  })

  it('tell who is signed in, orders, faults and an emptied log', async () => {
    const events = await open()
    expect(events.headers['content-type']).toMatch(/^text\/event-stream/)
    expect(await told(events, 'state')).toContain('Nobody.')
    const client = new IndependentClient(sandbox)
    const { lst } = await client.liveSessionToken()
    await told(events, 'state', 'live session token of')
    const init = { method: 'POST', target: '/v1/api/iserver/auth/ssodh/init', key: { hmac: lst } }
    await client.send(init)
    await told(events, 'state', 'accounts not loaded yet')
    sandbox.faults.compete('sandboxuser')
    await told(events, 'state', 'a login elsewhere')
    const fault = sandbox.faults.add({ kind: 'html' })
    await told(events, 'state', `faults/${fault.id}`)
    fault.remove()
    await told(events, 'state', 'None is set.')
    sandbox.log.clear()
    await told(events, 'cleared')
    events.destroy()
  })

  it('are for the own page alone', async () => {
    for (const headers of [{ origin: 'https://else.where' }, { 'sec-fetch-site': 'cross-site' }]) {
      const refused = await open(headers)
      expect(refused.statusCode).toBe(403)
      refused.resume()
    }
    const rebound = get(`${sandbox.url}/_sandbox/events`, { headers: { host: 'else.where' }, agent: false })
    const [response] = (await once(rebound, 'response')) as [IncomingMessage]
    expect(response.statusCode).toBe(421)
    response.resume()
  })

  it('go to twenty pages at most, and make room when one closes', async () => {
    const pages: IncomingMessage[] = []
    for (let count = 0; count < 20; count++) pages.push(await open())
    const refused = await open()
    expect(refused.statusCode).toBe(503)
    refused.resume()
    pages.pop()?.destroy()
    let last = 503
    while (last === 503) {
      const again = await open()
      last = again.statusCode ?? 0
      again.destroy()
    }
    expect(last).toBe(200)
    for (const page of pages) page.destroy()
  })

  it('do not keep close() waiting, and have a head without a body', async () => {
    const head = await fetch(`${sandbox.url}/_sandbox/events`, { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    const events = await open()
    const ended = new Promise((resolve) => events.once('close', resolve))
    events.on('error', () => events.destroy())
    events.resume()
    await sandbox.close()
    await ended
  })

  it('come without a socket too', async () => {
    const response = await sandbox.handle(new Request(`${sandbox.url}/_sandbox/events`))
    const reader = response.body?.getReader()
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('retry')
    sandbox.faults.add({ kind: 'html' })
    expect(new TextDecoder().decode((await reader?.read())?.value)).toContain('event: state')
    await reader?.cancel()
  })
})

describe('the switches', () => {
  it('show for every fault and state the command that does the same', async () => {
    const html = await (await fetch(sandbox.url)).text()
    const commands = [...html.matchAll(/<code class="command"[^>]*>([^<]*)<\/code>/g)].map(([, text = '']) =>
      text.replaceAll('&#39;', "'").replaceAll('&quot;', '"'),
    )
    const members = [
      'expireLiveSessionTokens liveSessionTokenLifetimeMs clockOffsetMs loseBrokerageSession compete seed pardonPacing',
      'fillMarketable setPrice setAvailability fill reject cancel rejectNext askNext setPosition emptyBook',
      'status pacing delay drop truncate garbage html',
    ].flatMap((names) => names.split(' '))
    for (const name of members)
      expect(
        commands.some((text) => text.includes(`"${name}"`)),
        name,
      ).toBe(true)
    expect(commands).toContain(`curl -X DELETE ${sandbox.url}/_sandbox/faults`)
    expect(commands).toContain(
      `curl -H 'content-type: application/json' -d '{"compete":true}' ${sandbox.url}/_sandbox/state`,
    )
  })
})
