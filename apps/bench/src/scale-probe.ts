import { Buffer } from 'node:buffer'
import process from 'node:process'
import { setImmediate as turn } from 'node:timers/promises'
import { createAuthorizationHeader, hmacSha256 } from '@ibkr-auth/oauth1-signing'
import type {
  DispatchController,
  DispatchHandler,
  DispatchRequest,
  HttpDispatcher,
} from '@ibkr-auth/transport'
import { createSession, type Session } from '@ibkr-auth/transport/session'
import { accessToken, consumerKey, liveSessionToken, realm } from './inputs.ts'
import type { ScaleResult } from './scale.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { median } from './statistics.ts'

// Runs in a process of its own, with --expose-gc: opens a number of sessions against a server in memory, leaves them idle, and
// prints what they cost while a simulated clock runs.

const status = {
  authenticated: true,
  established: true,
  competing: false,
  connected: true,
  MAC: '00:00:00:00:00:00',
}
const tickle = { session: '0'.repeat(32), iserver: { authStatus: status } }
const replies: readonly (readonly [ending: string, body: Buffer])[] = [
  ['/tickle', Buffer.from(JSON.stringify(tickle))],
  [
    '/iserver/accounts',
    Buffer.from(JSON.stringify({ accounts: ['DU1234567'], selectedAccount: 'DU1234567' })),
  ],
  ['/iserver/auth/ssodh/init', Buffer.from(JSON.stringify(status))],
  ['/logout', Buffer.from(JSON.stringify({ status: true }))],
  ['/iserver/auth/status', Buffer.from(JSON.stringify(status))],
]
const noControl: DispatchController = { abort: nothing, pause: nothing, resume: nothing }
const clock = new SimulatedClock()
let tickles = 0

function nothing(): void {
  // A reply that is there at once can be neither stopped nor delayed.
}

/** Answers at once, in memory. */
const dispatcher: HttpDispatcher = {
  dispatch(request: DispatchRequest, handler: DispatchHandler): boolean {
    const body = replies.find(([ending]) => request.path.endsWith(ending))?.[1]
    if (!body) throw new Error(`the sessions called ${request.path}`)
    if (request.path.endsWith('/tickle')) tickles += 1
    const headers = { 'content-type': 'application/json', date: new Date(clock.now()).toUTCString() }
    queueMicrotask(() => {
      handler.onRequestStart(noControl, {})
      handler.onResponseStart(noControl, 200, headers)
      handler.onResponseData(noControl, body)
      handler.onResponseEnd(noControl, {})
    })
    return true
  },
}

function openSession(index: number): Session {
  const credentials = { consumerKey, accessToken, realm }
  return createSession({
    baseUrl: 'https://api.ibkr.com/v1/api',
    dispatcher,
    clock,
    username: `user${index}`,
    maintenance: [],
    establish: async () => {
      const signer = hmacSha256(liveSessionToken)
      return {
        authorize: (request) => ({ authorization: createAuthorizationHeader(request, credentials, signer) }),
        expiresAtMs: clock.now() + 86_400_000,
      }
    },
  })
}

async function collected(): Promise<number> {
  for (let pass = 0; pass < 3; pass++) {
    globalThis.gc?.()
    await turn()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

/** Opens sessions, brokerage session included, and gives by how much each made the memory in use grow. */
async function openSessions(number: number): Promise<number> {
  const before = await collected()
  const added = Array.from({ length: number }, (_, index) => openSession(sessions.length + index))
  sessions.push(...added)
  const opened = Promise.all(added.map((session) => session.ready({ brokerage: true })))
  await clock.advance(30_000)
  await opened
  await clock.advance(90_000)
  return ((await collected()) - before) / 1000 / number
}

const count = Number(process.argv[2])
const sessions: Session[] = []

// What the first session of a process loads and compiles is not the cost of a session.
const first = openSession(-1)
await Promise.all([first.ready({ brokerage: true }), clock.advance(10_000)])
await first.close()

const growths = [await openSessions(count)]
const minutes = count > 1000 ? 3 : 20
const ticklesBefore = tickles
const usage = process.cpuUsage()
await clock.advance(minutes * 60_000)
const { user, system } = process.cpuUsage(usage)
const runtimeTimers = clock.timers
const ticklesPerMinute = (tickles - ticklesBefore) / minutes

// A handful of sessions is lost in what else happens to the heap, so that it is measured several times over.
for (const times = Math.min(15, 500 / count); growths.length < times; )
  growths.push(await openSessions(count))

for (const session of sessions) {
  if (session.status().brokerage.state !== 'open') throw new Error('a session is not open any more')
}
const cpuMsPerMinute = (user + system) / 1000 / minutes
const result: ScaleResult = {
  sessions: count,
  kilobytesPerSession: median(growths),
  runtimeTimers,
  ticklesPerMinute,
  cpuMsPerMinute,
  shareOfCore: cpuMsPerMinute / 60_000,
}
process.stdout.write(JSON.stringify(result))
