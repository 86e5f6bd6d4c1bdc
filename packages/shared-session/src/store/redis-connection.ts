import { invalidInput } from '../errors.ts'
import type { RedisScript } from './redis-scripts.ts'

/** The part of an `ioredis` client (or its `Cluster`) that is used. */
export interface IoRedisLike {
  defineCommand: unknown
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  evalsha(sha1: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>
  duplicate(): IoRedisSubscriberLike
}

/** The part of a duplicated `ioredis` client that is used. */
export interface IoRedisSubscriberLike {
  on(event: string, listener: (...values: unknown[]) => void): unknown
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  disconnect(): void
}

/** The part of a client of the package `redis` (or its cluster) that is used. */
export interface NodeRedisLike {
  eval(script: string, input: NodeRedisInput): Promise<unknown>
  evalSha(sha1: string, input: NodeRedisInput): Promise<unknown>
  duplicate(): NodeRedisSubscriberLike
}

/** Keys and arguments of a script. */
export interface NodeRedisInput {
  keys: string[]
  arguments: string[]
}

/** The part of a duplicated client of the package `redis` that is used. */
export interface NodeRedisSubscriberLike {
  on(event: string, listener: (...values: unknown[]) => void): unknown
  connect(): Promise<unknown>
  subscribe(channel: string, listener: () => void): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  readonly destroy?: (() => void) | undefined
}

/** A client of the user's: either kind. */
export type RedisClientLike = IoRedisLike | NodeRedisLike

/** What a store needs of a client. */
export interface RedisConnection {
  run(script: RedisScript, keys: readonly string[], values: readonly string[]): Promise<unknown>
  /** A connection of its own, on which `wake` is called whenever messages may have been missed. */
  subscriber(onMessage: (channel: string) => void, wake: () => void): RedisSubscriber
}

/** Hears what is published. */
export interface RedisSubscriber {
  subscribe(channel: string): Promise<unknown>
  unsubscribe(channel: string): Promise<unknown>
  close(): void
}

/** Tells the two clients apart. */
export function connectionOf(client: RedisClientLike): RedisConnection {
  if ((typeof client === 'object' && client !== null) || typeof client === 'function') {
    if ('evalsha' in client && typeof client.evalsha === 'function') return ioRedis(client)
    if ('evalSha' in client && typeof client.evalSha === 'function') return nodeRedis(client)
  }
  throw invalidInput('redisStore takes a client of the package ioredis or redis, connected by you')
}

function ioRedis(client: IoRedisLike): RedisConnection {
  return {
    run: ({ text, sha1 }, keys, values) =>
      withScript(
        () => client.evalsha(sha1, keys.length, ...keys, ...values),
        () => client.eval(text, keys.length, ...keys, ...values),
      ),
    subscriber(onMessage, wake) {
      const subscriber = client.duplicate()
      subscriber.on('message', (channel) => onMessage(String(channel)))
      for (const event of ['ready', 'error', 'close']) subscriber.on(event, wake)
      return {
        subscribe: (channel) => subscriber.subscribe(channel),
        unsubscribe: (channel) => subscriber.unsubscribe(channel),
        close: () => subscriber.disconnect(),
      }
    },
  }
}

function nodeRedis(client: NodeRedisLike): RedisConnection {
  return {
    run: ({ text, sha1 }, keys, values) => {
      const input = { keys: [...keys], arguments: [...values] }
      return withScript(
        () => client.evalSha(sha1, input),
        () => client.eval(text, input),
      )
    },
    subscriber(onMessage, wake) {
      const subscriber = client.duplicate()
      for (const event of ['ready', 'error', 'end']) subscriber.on(event, wake)
      const connected = subscriber.connect()
      let last: Promise<unknown> = connected
      /** One after the other: the client forgets a channel with the answer, also one that was asked for again before that. */
      const inTurn = (run: () => Promise<unknown>): Promise<unknown> => {
        last = Promise.allSettled([last]).then(() => connected.then(run))
        return last
      }
      return {
        subscribe: (channel) => inTurn(() => subscriber.subscribe(channel, () => onMessage(channel))),
        unsubscribe: (channel) => inTurn(() => subscriber.unsubscribe(channel)),
        close: () => subscriber.destroy?.(),
      }
    },
  }
}

/** A server that was started anew knows no scripts. */
async function withScript(byName: () => Promise<unknown>, whole: () => Promise<unknown>): Promise<unknown> {
  try {
    return await byName()
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return whole()
    throw error
  }
}
