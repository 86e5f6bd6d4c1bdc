import { createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import { visitInBrowser } from '../src/program/authorization-visit.ts'

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('coming back from the authorization page', () => {
  it('is heard on the registered host, port and path, and nowhere else', async () => {
    const callback = `http://127.0.0.1:${await freePort()}/callback`
    const shown = deferred()
    const visit = visitInBrowser(callback, shown.resolve, new AbortController().signal)
    const cameBack = visit('https://example.com/authorize?oauth_token=abc')
    expect(await shown.promise).toContain('https://example.com/authorize?oauth_token=abc')

    const elsewhere = await fetch(callback.replace('/callback', '/other?oauth_verifier=no'))
    expect(elsewhere.status).toBe(404)
    const posted = await fetch(callback, { method: 'POST' })
    expect(posted.status).toBe(404)
    const page = await fetch(`${callback}?oauth_token=abc&oauth_verifier=def`)
    const text = await page.text()
    expect(text).toContain('You can close this page')
    expect(text, 'a browser asks for an icon, and finds the port closed').toContain(
      '<link rel="icon" href="data:,">',
    )
    expect(await cameBack).toBe(`${callback}?oauth_token=abc&oauth_verifier=def`)
    await expect(fetch(callback)).rejects.toThrow()
  })

  it('ends when the program is interrupted', async () => {
    const interrupted = new AbortController()
    const callback = `http://127.0.0.1:${await freePort()}/callback`
    const shown = deferred()
    const cameBack = visitInBrowser(callback, shown.resolve, interrupted.signal)('https://example.com/')
    await shown.promise
    interrupted.abort(new Error('interrupted'))
    await expect(cameBack).rejects.toThrow('interrupted')
    await expect(fetch(callback)).rejects.toThrow()
  })

  it('names the setting when the port is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => taken.once('listening', resolve))
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const visit = visitInBrowser(
      `http://127.0.0.1:${port}/callback`,
      () => undefined,
      new AbortController().signal,
    )
    await expect(visit('https://example.com/')).rejects.toMatchObject({ setting: 'callbackUrl' })
    taken.close()
  })
})

function deferred() {
  let resolve: (text: string) => void = () => undefined
  const promise = new Promise<string>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
