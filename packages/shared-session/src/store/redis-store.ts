import { checkOptions } from '../check.ts'
import { invalidInput, SharedSessionError } from '../errors.ts'
import {
  connectionOf,
  type RedisClientLike,
  type RedisConnection,
  type RedisSubscriber,
} from './redis-connection.ts'
import { compareAndSetScript, type RedisScript, readScript, takeScript } from './redis-scripts.ts'
import type { StopWatching, Store, StoredEntry, WriteOutcome } from './store.ts'
import type { PlaceReference, TakeAnswer, TakeRequest } from './take.ts'

/** What a Redis store may be told. */
export interface RedisStoreOptions {
  /** Begins every key. Default `ibkr-auth:`. */
  readonly prefix?: string | undefined
}

/** A store in Redis; it has a connection of its own once something is watched. */
export interface RedisStore extends Store {
  take(key: string, request: TakeRequest): Promise<TakeAnswer>
  /** Ends that connection. The client itself stays yours. */
  close(): void
}

/** A revision is remembered for 30 days after the last write; a key that was forgotten begins ahead of it all the same. */
const revisionsForMs = String(30 * 86_400_000)

/**
 * A store in Redis (6 or later) or Valkey, alone or as a cluster: one script for each operation, and all keys of one script in one
 * slot. Give the server a policy that evicts nothing (`noeviction`), and a client with a short command timeout.
 *
 * @param client - Of the package `ioredis` or `redis`, connected; `duplicate()` gives the connection that listens.
 * @throws {SharedSessionError} `ERR_SHARED_SESSION_INVALID_INPUT`
 */
export function redisStore(client: RedisClientLike, options: RedisStoreOptions = {}): RedisStore {
  checkOptions(options)
  const { prefix = 'ibkr-auth:' } = options
  if (typeof prefix !== 'string' || /[{}]/.test(prefix))
    throw invalidInput('prefix must be a text without { or }')
  return new RedisBackedStore(connectionOf(client), prefix)
}

interface WatchedChannel {
  readonly listeners: Set<() => void>
  /** Settled once Redis has answered. */
  readonly subscribed: Promise<void>
}

class RedisBackedStore implements RedisStore {
  readonly #connection: RedisConnection
  readonly #prefix: string
  readonly #channels = new Map<string, WatchedChannel>()
  #subscriber: RedisSubscriber | undefined

  constructor(connection: RedisConnection, prefix: string) {
    this.#connection = connection
    this.#prefix = prefix
  }

  async read(key: string): Promise<StoredEntry> {
    const reply = await this.#run(readScript, this.#valueKeys(key), [revisionsForMs])
    const [value, revision, nowMs] = reply
    // Bytes, say, of a client that is told to give them: not to be taken for nothing.
    if (value !== null && typeof value !== 'string') throw somethingElse()
    return {
      value: value ?? undefined,
      revision: Number(revision),
      nowMs: Number(nowMs),
    }
  }

  async compareAndSet(
    key: string,
    expectedRevision: number,
    value: string | undefined,
    ttlMs: number,
  ): Promise<WriteOutcome> {
    const values = [revisionsForMs, String(expectedRevision), value === undefined ? '0' : '1', value ?? '']
    const rest = [String(Math.max(1, Math.ceil(ttlMs))), this.#channel(key)]
    const [written, nowMs] = await this.#run(compareAndSetScript, this.#valueKeys(key), [...values, ...rest])
    return { written: Number(written) === 1, nowMs: Number(nowMs) }
  }

  async take(key: string, request: TakeRequest): Promise<TakeAnswer> {
    const names = counterNames(request)
    const tag = this.#tag(key)
    const counterKeys = names.flatMap((name) => [`${tag}grants:${name}`, `${tag}running:${name}`])
    const keys = [`${tag}holders`, `${tag}conversation`, ...counterKeys]
    const reply = await this.#run(takeScript, keys, [JSON.stringify(inNumbers(request, names))])
    const [granted, waits, holders, conversation, nowMs] = reply
    return {
      granted: numbers(granted),
      waitMs: numbers(waits),
      holders: Number(holders),
      conversation: typeof conversation === 'string' ? conversation : undefined,
      nowMs: Number(nowMs),
    }
  }

  async watch(key: string, listener: () => void): Promise<StopWatching> {
    const channel = this.#channel(key)
    const watched = this.#channels.get(channel) ?? this.#subscribe(channel)
    const heard = (): void => listener() // of its own, if the same function watches twice
    watched.listeners.add(heard)
    await watched.subscribed
    return () => {
      if (!watched.listeners.delete(heard) || watched.listeners.size > 0) return
      this.#channels.delete(channel)
      // Nobody listens any more; what still arrives is dropped, and so is a failure to unsubscribe.
      this.#subscriber?.unsubscribe(channel).catch(() => undefined)
    }
  }

  close(): void {
    this.#channels.clear()
    this.#subscriber?.close()
    this.#subscriber = undefined
  }

  #subscribe(channel: string): WatchedChannel {
    const subscribe = async (): Promise<void> => {
      try {
        await this.#hearing().subscribe(channel)
      } catch (error) {
        if (this.#channels.get(channel) === watched) this.#channels.delete(channel)
        throw error
      }
    }
    const watched = { listeners: new Set<() => void>(), subscribed: Promise.resolve().then(subscribe) }
    this.#channels.set(channel, watched)
    return watched
  }

  #hearing(): RedisSubscriber {
    this.#subscriber ??= this.#connection.subscriber(
      (channel) => this.#tell(channel),
      () => {
        for (const channel of this.#channels.keys()) this.#tell(channel)
      },
    )
    return this.#subscriber
  }

  #tell(channel: string): void {
    for (const listener of this.#channels.get(channel)?.listeners ?? []) listener()
  }

  async #run(
    script: RedisScript,
    keys: readonly string[],
    values: readonly string[],
  ): Promise<readonly unknown[]> {
    const reply = await this.#connection.run(script, keys, values).catch((error: unknown) => {
      const bare = withoutCommand(error)
      throw isOutOfMemory(bare) ? full(bare) : bare
    })
    if (Array.isArray(reply)) return reply
    throw somethingElse()
  }

  /** The part in braces decides the slot. */
  #tag(key: string): string {
    return `${this.#prefix}{${encodeURIComponent(key)}}:`
  }

  #valueKeys(key: string): readonly string[] {
    return [`${this.#tag(key)}value`, `${this.#tag(key)}revision`]
  }

  #channel(key: string): string {
    return `${this.#tag(key)}changes`
  }
}

/** An error of ioredis holds the command with its arguments: what was to be stored, and with `sealed: false` the credential. */
function withoutCommand(error: unknown): unknown {
  if (!(error instanceof Error) || !('command' in error)) return error
  const bare = new Error(error.message)
  const code = 'code' in error ? error.code : undefined
  return Object.assign(bare, { name: error.name }, code === undefined ? {} : { code })
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && /\bOOM\b/.test(error.message)
}

function full(cause: unknown): SharedSessionError {
  return new SharedSessionError('ERR_SHARED_SESSION_STORE_FULL', 'Redis has no memory left (maxmemory)', {
    cause,
  })
}

function somethingElse(): SharedSessionError {
  return new SharedSessionError(
    'ERR_SHARED_SESSION_STORE_BROKEN',
    'Redis answered a script with something else than it returns; give the store a client that answers with texts',
  )
}

function numbers(reply: unknown): number[] {
  return Array.isArray(reply) ? reply.map(Number) : []
}

function counterNames({ counters, returned = [], finished = [], running = [] }: TakeRequest): string[] {
  const referred = [...returned, ...finished, ...running].map(({ counter }) => counter)
  return [...new Set([...counters.map(({ name }) => name), ...referred])]
}

/** The request as the script reads it: counters by number, from 1. */
function inNumbers(request: TakeRequest, names: readonly string[]): object {
  const place = ({ counter, id }: PlaceReference): [number, string] => [names.indexOf(counter) + 1, id]
  return {
    ...request,
    wishes: request.wishes.map((wish) => ({ ...wish, counters: wish.counters.map((index) => index + 1) })),
    returned: (request.returned ?? []).map(place),
    finished: (request.finished ?? []).map(place),
    running: (request.running ?? []).map(place),
    conversed: request.conversed ?? [],
  }
}
