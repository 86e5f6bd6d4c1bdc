import type { Clock } from '../../src/clock.ts'
import type { ContextLike, LentCredential } from '../../src/credential/credential.ts'
import type { EstablishReason } from '../../src/credential/decide.ts'
import type { ShareCredentialOptions } from '../../src/credential/options.ts'
import { type SharedEstablish, shareCredential } from '../../src/credential/share-credential.ts'
import type { Store } from '../../src/store/store.ts'
import type { VirtualTime } from './virtual-clock.ts'

/** A credential of the model: a number. */
export interface ModelCredential {
  readonly token: number
  readonly expiresAtMs: number
  authorize(request?: unknown): string
}

/** A server that holds one credential at a time to be good: a login voids the one before. */
export class ModelServer {
  readonly time: VirtualTime
  readonly lifetimeMs: number
  loginMs: number
  logins = 0
  /** When the current one replaced the one before, and until when it is good. */
  replacedAtMs = 0
  expiresAtMs = 0
  refuses = false

  constructor(time: VirtualTime, lifetimeMs = 20_000, loginMs = 300) {
    this.time = time
    this.lifetimeMs = lifetimeMs
    this.loginMs = loginMs
  }

  /** Computed whole once it has come, whether anybody still waits for it or not. */
  async login(): Promise<ModelCredential> {
    await this.time.pause(this.loginMs / 2)
    if (this.refuses) throw Object.assign(new Error('refused'), { code: 'ERR_MODEL_REFUSED' })
    this.logins += 1
    this.replacedAtMs = this.time.now()
    this.expiresAtMs = this.time.now() + this.lifetimeMs
    const credential = modelCredential(this.logins, this.expiresAtMs)
    await this.time.pause(this.loginMs / 2)
    return credential
  }

  accepts(token: number): boolean {
    return token === this.logins && this.time.now() < this.expiresAtMs
  }
}

export function modelCredential(token: number, expiresAtMs: number): ModelCredential {
  return { token, expiresAtMs, authorize: () => String(token) }
}

/** One process: a session reduced to what concerns its credential. */
export class ModelProcess {
  readonly share: SharedEstablish<ModelCredential, ContextLike>
  readonly #server: ModelServer
  readonly #aheadMs: number
  readonly #logIn: () => Promise<ModelCredential>
  readonly controller: AbortController = new AbortController()
  held: LentCredential<ModelCredential> | undefined
  failures: string[] = []
  renewals = 0
  probes = 0
  #flight: Promise<void> | undefined

  constructor(
    server: ModelServer,
    store: Store,
    options: Partial<ShareCredentialOptions<ModelCredential, ContextLike>> & {
      readonly aheadMs?: number
      /** What a request for a login does. */
      readonly logIn?: () => Promise<ModelCredential>
    } = {},
  ) {
    const { aheadMs = 0, logIn = () => server.login(), ...rest } = options
    this.#server = server
    this.#logIn = logIn
    this.#aheadMs = aheadMs
    const clock: Clock = server.time.clock(aheadMs)
    this.share = shareCredential({
      store,
      key: 'user',
      sealed: false,
      clock,
      establish: ({ transport }) => (transport as { request(): Promise<ModelCredential> }).request(),
      encode: ({ token, expiresAtMs }) => JSON.stringify({ token, expiresAtMs }),
      decode: (data) => {
        const { token, expiresAtMs } = JSON.parse(data)
        return modelCredential(token, expiresAtMs)
      },
      ...rest,
    })
  }

  get now(): number {
    return this.#server.time.now() + this.#aheadMs
  }

  follow(): void {
    this.share.follow({
      renew: () => {
        this.renewals += 1
        return this.obtain('renew')
      },
      get: async () => {
        this.probes += 1
        await this.#server.time.pause(50)
        if (!this.request()) {
          void this.obtain('refused').catch(() => undefined)
          throw Object.assign(new Error('refused'), { code: 'ERR_MODEL_REFUSED' })
        }
      },
    } as { renew(): Promise<unknown> })
  }

  /** One flight at a time, as a session does it. */
  obtain(reason: EstablishReason): Promise<void> {
    this.#flight ??= this.#fly(reason).finally(() => {
      this.#flight = undefined
    })
    return this.#flight
  }

  async #fly(reason: EstablishReason): Promise<void> {
    const replaces = this.held
    if (reason === 'refused' || reason === 'expired') this.held = undefined
    try {
      const { signal } = this.controller
      const transport = { request: this.#logIn }
      this.held = await this.share({ signal, now: () => this.now, reason, replaces, transport })
      if (replaces !== this.held) replaces?.close()
    } catch (error) {
      this.failures.push((error as { code?: string }).code ?? String(error))
      throw error
    }
  }

  /** What requests are sent with at this moment; undefined if they wait. */
  get token(): number | undefined {
    const answer: unknown = this.held?.authorize({})
    return typeof answer === 'string' ? Number(answer) : undefined
  }

  /** What the credential in hand authorises a request with, once it may. */
  async signature(): Promise<number | undefined> {
    const { held } = this
    const answer = await held?.authorize({})
    return held === this.held && answer !== undefined ? Number(answer) : undefined
  }

  /** Whether the server takes a request at this moment. */
  request(): boolean {
    return this.token !== undefined && this.#server.accepts(this.token)
  }
}
