import { once } from 'node:events'
import { WebSocket } from 'ws'
import { type RunningSandbox, type StartSandboxOptions, startSandbox } from '../src/index.ts'
import { IndependentClient, testKeys } from './independent-client.ts'
import { Trader } from './trader.ts'

// biome-ignore lint/suspicious/noExplicitAny: its shape is what tests look at.
type Frame = any

/** A bare WebSocket client that keeps what came, and waits for what is to come. */
export class StreamClient {
  readonly socket: WebSocket
  readonly frames: Frame[] = []
  readonly binary: boolean[] = []
  #waiting: (() => void)[] = []

  constructor(url: string, headers: Record<string, string>) {
    this.socket = new WebSocket(url, { headers, perMessageDeflate: false })
    this.socket.on('message', (data, isBinary) => {
      const text = String(data)
      this.binary.push(isBinary)
      try {
        this.frames.push(JSON.parse(text))
      } catch {
        this.frames.push({ malformed: text })
      }
      for (const look of this.#waiting.splice(0)) look()
    })
  }

  /** The first frame that fits, from `from` on: it may have come already. */
  async frame(fits: (frame: Frame) => boolean, from = 0): Promise<Frame> {
    for (;;) {
      const found = this.frames.slice(from).find(fits)
      if (found !== undefined) return found
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    }
  }

  topic(topic: string, from = 0): Promise<Frame> {
    return this.frame((frame) => frame.topic === topic, from)
  }

  send(text: string): void {
    this.socket.send(text)
  }

  /** Sends, and waits for the answer to a `tic` behind it: by then the message was dealt with. */
  async sent(text: string): Promise<void> {
    const from = this.frames.length
    this.send(text)
    this.send('tic')
    await this.topic('tic', from)
  }

  /** The code of the close frame; 1006 if there was none. */
  async closed(): Promise<number> {
    if (this.socket.readyState === WebSocket.CLOSED) return -1
    const [code] = await once(this.socket, 'close')
    return code
  }
}

/** A sandbox that listens, with somebody signed in who has a brokerage session. */
export async function listening(
  options: StartSandboxOptions = {},
): Promise<{ readonly sandbox: RunningSandbox; readonly trader: Trader }> {
  const startMs = Date.UTC(2026, 0, 5, 15)
  let signedIn: Trader | undefined
  const stream = { greetingDelayMs: 1, heartbeatMs: 20, updateMs: 5, ...options.stream }
  const sandbox = await startSandbox({
    now: () => signedIn?.nowMs ?? startMs,
    ...options,
    stream,
    credentials: testKeys(),
  })
  const client = new IndependentClient(sandbox, () => startMs)
  const { lst } = await client.liveSessionToken()
  signedIn = new Trader(sandbox, client, lst, startMs)
  await signedIn.open()
  return { sandbox, trader: signedIn }
}

/** What `session` of a tickle says now. */
export async function sessionOf(trader: Trader): Promise<string> {
  return (await trader.post('/tickle')).body.session
}

/** Opens the WebSocket as a client of OAuth 1.0a does. */
export async function opened(sandbox: RunningSandbox, trader: Trader): Promise<StreamClient> {
  const token = encodeURIComponent(sandbox.credentials.accessToken)
  return new StreamClient(streamUrl(sandbox, `?oauth_token=${token}`), {
    cookie: `api=${await sessionOf(trader)}`,
    'user-agent': 'test/1',
  })
}

export function streamUrl(sandbox: RunningSandbox, query = ''): string {
  return `${sandbox.url.replace('http', 'ws')}/v1/api/ws${query}`
}
