import { SandboxCredentials } from './credentials/credentials.ts'
import { type CompleteCredentials, fillCredentials } from './credentials/fill-credentials.ts'
import { invalidInput } from './errors.ts'
import { Faults } from './faults/faults.ts'
import { FaultRules } from './faults/rules.ts'
import { createApp } from './http/app.ts'
import { createHandler, type Handler } from './http/handler.ts'
import { memoryResponse } from './http/write-reply.ts'
import { RequestLog } from './log/request-log.ts'
import { MarketScript } from './market/market-script.ts'
import type { Order } from './market/order.ts'
import { type CreateSandboxOptions, type Settings, settingsFrom } from './options.ts'
import { receivedInMemory } from './request/record.ts'
import { type Approval, type ApproveOptions, approve } from './state/consent.ts'
import { createState } from './state/sandbox-state.ts'
import { Streams } from './ws/streams.ts'

/** IBKR's half of all flows, without a socket. */
export interface Sandbox {
  /** Scheme, host and port under which clients call. */
  readonly url: string
  /** What a client needs in order to log in. */
  readonly credentials: SandboxCredentials
  /** All registrations that the sandbox was given, each a consumer and an OAuth 2.0 client; the first is `credentials`. */
  readonly registrations: readonly SandboxCredentials[]
  /** The requests with their verdicts and explanations. */
  readonly log: RequestLog
  /** Makes things go wrong. */
  readonly faults: Faults
  /** Plays the market: prices, fills, rejections, questions, positions. */
  readonly market: MarketScript
  /** WebSockets: their messages, and what goes wrong with them. */
  readonly streams: Streams
  /** All orders that were placed, oldest first; a doubled one stands there twice. */
  readonly orders: readonly Order[]
  /**
   * Approves a request token as a user would on the authorize page, without a browser.
   *
   * @param requestToken - `oauth_token` of the answer to request_token.
   * @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT` for a token that cannot be approved, or an unknown username.
   */
  approve(requestToken: string, options?: ApproveOptions | undefined): Approval
  /**
   * Answers a request without a socket. It is taken as `fetch` takes it: what an HTTP client adds by itself
   * (`User-Agent`, `Content-Length`) need not be there. With `asSent` it is taken as it stands, and refused where those
   * are missing. A fault that drops the connection rejects with `ERR_SANDBOX_CONNECTION_DROPPED`; one that truncates
   * gives a body that breaks.
   */
  handle(request: Request, options?: { readonly asSent?: boolean | undefined }): Promise<Response>
}

/** The parts that a listening sandbox builds on. */
export interface SandboxParts {
  readonly sandbox: Sandbox
  readonly handler: Handler
  /** Ends what is under way. */
  readonly abort: () => void
}

/**
 * Creates a sandbox without a socket, for dispatchers in memory.
 *
 * @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`.
 */
export async function createSandbox(options: CreateSandboxOptions = {}): Promise<Sandbox> {
  const settings = settingsFrom(options)
  const origin = originOf(options.origin ?? 'https://api.ibkr.com')
  const credentials = await fillCredentials(options.credentials ?? {})
  return (await assemble(settings, credentials, origin)).sandbox
}

/** Puts a sandbox together for an origin. */
export async function assemble(
  settings: Settings,
  registrations: readonly CompleteCredentials[],
  origin: string,
  certificateAuthority?: string | undefined,
): Promise<SandboxParts> {
  const state = createState(settings, registrations, origin)
  const log = new RequestLog(settings.logCapacity)
  const rules = new FaultRules(settings.seed)
  const faults = new Faults(rules, state)
  const all = registrations.map(
    ({ fields, keys }) => new SandboxCredentials(fields, keys, origin, certificateAuthority),
  )
  const market = new MarketScript(state.market, () => state.clock.nowMs())
  const streams = new Streams(state)
  const app = createApp({ state, log, faults, market, streams })
  const handler = createHandler(app, state, rules, log)
  const sandbox: Sandbox = {
    url: origin,
    credentials: all[0] as SandboxCredentials,
    registrations: all,
    market,
    streams,
    log,
    faults,
    get orders() {
      return state.market.orders.list()
    },
    approve: (requestToken, options) => approve(state, requestToken, options),
    handle: async (request, { asSent = false } = {}) =>
      memoryResponse(await handler(receivedInMemory(request, asSent)), request.method),
  }
  return { sandbox, handler, abort: () => state.closing.abort() }
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.origin !== text) {
    throw invalidInput('origin must be scheme, host and port only, such as https://api.ibkr.com')
  }
  return text
}
