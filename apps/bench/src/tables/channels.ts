import assert from 'node:assert/strict'
import { type Channel, channel } from 'node:diagnostics_channel'
import { loop, measure, type Table } from '../harness.ts'
import { startProgram } from '../servers/program.ts'
import { requestCandidate, throughSession } from './session.ts'

type AnyChannel = Channel<unknown, unknown>

/** What the channels of `node:diagnostics_channel` cost a request through a session while nobody listens. */
export async function measureChannels(): Promise<Table[]> {
  const server = await startProgram<number>('bare')
  const baseUrl = `http://127.0.0.1:${server.hello}/v1/api`
  const get = await throughSession(baseUrl)
  const asked = await channelsAsked(() => get('/iserver/account/orders'))
  const whole = requestCandidate('the whole request', 'floor', get)
  const questions = loop({
    name: 'the questions of one request',
    kind: 'ours',
    run: () => asked.filter((one) => one.hasSubscribers).length,
    check: (listening) => assert.equal(listening, 0),
  })
  const note =
    `One request asks ${asked.length} times whether somebody listens to a channel (counted in this run). The row is these ` +
    'questions alone. Floor: a request through a session, 16 at a time.'
  const about = { id: 'channels', title: 'Diagnostics channels, nobody listening', note, rounds: 41 }
  return [await measure(about, [whole, questions], { inFlight: 16, sliceMs: 30, warmUpMs: 1_000 })]
}

/** Every channel of ours that some work asks for listeners, as often as it asks: seen by standing in for the getter. */
export async function channelsAsked(work: () => Promise<unknown>): Promise<AnyChannel[]> {
  const asked: AnyChannel[] = []
  const prototype: object = Object.getPrototypeOf(channel('ibkr-auth:bench'))
  const original = Object.getOwnPropertyDescriptor(prototype, 'hasSubscribers') ?? {}
  const get = function (this: AnyChannel): boolean {
    if (String(this.name).startsWith('ibkr-auth:')) asked.push(this)
    return false
  }
  Object.defineProperty(prototype, 'hasSubscribers', { ...original, get })
  await work()
  Object.defineProperty(prototype, 'hasSubscribers', original)
  if (asked.length === 0) throw new Error('no channel was asked')
  return asked
}
