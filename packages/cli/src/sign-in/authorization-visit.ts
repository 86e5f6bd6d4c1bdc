import { createServer } from 'node:http'
import process from 'node:process'
import { createInterface, type Interface } from 'node:readline/promises'
import { isLoopback } from '@ibkr-auth/internal/loopback'
import { SettingError } from '../profile/errors.ts'

/** Takes the user to the page, and returns the callback's URL that they came back with. */
export type VisitAuthorizationPage = (url: string) => Promise<string>

/**
 * Waits for the user to come back from the authorization page: on the registered callback's own host and port
 * where that is loopback, else by pasting.
 *
 * @param show - tells the user where to go
 */
export function visitInBrowser(
  callbackUrl: string | undefined,
  show: (text: string) => void,
  signal: AbortSignal,
): VisitAuthorizationPage {
  const callback = callbackUrl === undefined ? undefined : parsed(callbackUrl)
  const listens = callback?.protocol === 'http:' && isLoopback(callback.hostname)
  return (url) => (listens ? comeBack(callback, url, show, signal) : paste(url, show, signal))
}

function parsed(callbackUrl: string): URL {
  if (URL.canParse(callbackUrl)) return new URL(callbackUrl)
  throw new SettingError(
    'callbackUrl',
    'callbackUrl must be a whole URL, such as http://127.0.0.1:8080/callback.',
  )
}

function comeBack(
  callback: URL,
  url: string,
  show: (text: string) => void,
  signal: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      const target = new URL(request.url ?? '/', callback)
      if (request.method !== 'GET' || target.pathname !== callback.pathname) {
        response.writeHead(404).end()
        return
      }
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', connection: 'close' })
      response.end(page, () => finish(() => resolve(target.href)))
    })
    const finish = (settle: () => void) => {
      signal.removeEventListener('abort', abort)
      server.close()
      server.closeIdleConnections()
      settle()
    }
    const abort = () => finish(() => reject(signal.reason))
    signal.addEventListener('abort', abort, { once: true })
    server.once('error', (error: NodeJS.ErrnoException) => {
      const message = `Cannot listen on ${callback.host} for the callback (${error.code}): free the port, or register another.`
      finish(() => reject(new SettingError('callbackUrl', message)))
    })
    server.listen(Number(callback.port || 80), callback.hostname.replace(/[[\]]/g, ''), () => {
      show(
        `Open this page in a browser, sign in, and consent:\n\n  ${url}\n\nWaiting at ${callback.origin} …`,
      )
    })
  })
}

async function paste(url: string, show: (text: string) => void, signal: AbortSignal): Promise<string> {
  show(`Open this page in a browser, sign in, and consent:\n\n  ${url}\n`)
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  // On a terminal the reader takes Ctrl-C for itself: it is the program's.
  lines.once('SIGINT', () => process.emit('SIGINT'))
  try {
    const question = 'Then paste the address of the page you come to, or the verifier alone: '
    const answer = (await Promise.race([lines.question(question, { signal }), endOf(lines)])).trim()
    return /[/?=]/.test(answer) ? answer : withVerifier(url, answer)
  } finally {
    lines.close()
  }
}

/** Without this, a standard input that ends leaves nothing to wait for, and the program would end without a word. */
function endOf(lines: Interface): Promise<never> {
  return new Promise((_, reject) => {
    const message =
      'Standard input ended before anything was pasted: run in a terminal, or register a callback on http://127.0.0.1.'
    lines.once('close', () => reject(new SettingError('callbackUrl', message)))
  })
}

/** A verifier on its own belongs to the request token that was just sent away. */
function withVerifier(url: string, verifier: string): string {
  const requestToken = new URL(url).searchParams.get('oauth_token') ?? ''
  return `?${new URLSearchParams({ oauth_token: requestToken, oauth_verifier: verifier })}`
}

// The icon is empty: a browser would ask for one when nobody listens any more.
const page = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Done</title>
<link rel="icon" href="data:,">
<body style="font: 1.1rem system-ui; margin: 4rem auto; max-width: 32rem">
<h1>Thank you.</h1>
<p>You can close this page and go back to the terminal.</p>
</html>
`
