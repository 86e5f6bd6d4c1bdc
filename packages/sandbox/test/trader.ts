import type { CreateSandboxOptions, Sandbox } from '../src/index.ts'
import { connect, type IndependentClient, type Spec } from './independent-client.ts'

/** What came back. */
export interface Answer {
  readonly status: number
  // biome-ignore lint/suspicious/noExplicitAny: its shape is what tests look at.
  readonly body: any
}

/** A client that is signed in and may trade. */
export class Trader {
  readonly sandbox: Sandbox
  readonly client: IndependentClient
  readonly lst: Buffer
  nowMs: number

  constructor(sandbox: Sandbox, client: IndependentClient, lst: Buffer, nowMs: number) {
    this.sandbox = sandbox
    this.client = client
    this.lst = lst
    this.nowMs = nowMs
  }

  /** Calls the Web API; the query stands in the path and is not signed, which strict mode takes. */
  async call(method: string, path: string, body?: unknown, more: Partial<Spec> = {}): Promise<Answer> {
    const text = body === undefined ? {} : { body: JSON.stringify(body) }
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const response = await this.client.send({
      method,
      target: `/v1/api${path}`,
      key: { hmac: this.lst },
      headers,
      ...text,
      ...more,
    })
    const answered = await response.text()
    return { status: response.status, body: answered === '' ? undefined : JSON.parse(answered) }
  }

  get(path: string): Promise<Answer> {
    return this.call('GET', path)
  }

  post(path: string, body: unknown = {}): Promise<Answer> {
    return this.call('POST', path, body)
  }

  /** Has the sandbox do something, over HTTP. */
  async state(change: unknown): Promise<number> {
    const request = new Request(`${this.sandbox.url}/_sandbox/state`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    })
    return (await this.sandbox.handle(request)).status
  }

  /** Opens the brokerage session and loads the accounts. */
  async open(): Promise<void> {
    await this.post('/iserver/auth/ssodh/init', { publish: true, compete: true })
    await this.get('/iserver/accounts')
  }
}

/** A trader with an open brokerage session, on a clock that `trader.nowMs` sets. */
export async function trader(options: CreateSandboxOptions = {}): Promise<Trader> {
  let signedIn: Trader | undefined
  const startMs = Date.UTC(2026, 0, 5, 15)
  const { sandbox, client } = await connect({ now: () => signedIn?.nowMs ?? startMs, ...options })
  const { lst } = await client.liveSessionToken()
  signedIn = new Trader(sandbox, client, lst, startMs)
  await signedIn.open()
  return signedIn
}
