// Measures what an idle session costs: heap per session, and timers of the runtime for all of them.
// Needs a build and `--expose-gc`; with `--write` the figures go to measurements/idle-sessions.json.
import { writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { createSession } from '../dist/session.js'

// Timers that let the process go are in no list of Node's, so they are counted where they are made.
const runtimeTimers = new Set()
const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout } = globalThis
globalThis.setTimeout = (callback, delayMs, ...rest) => {
  const handle = realSetTimeout(() => {
    runtimeTimers.delete(handle)
    callback(...rest)
  }, delayMs)
  runtimeTimers.add(handle)
  return handle
}
globalThis.clearTimeout = (handle) => {
  runtimeTimers.delete(handle)
  realClearTimeout(handle)
}

const count = 10_000
const cookies = [
  `api=${'0'.repeat(32)}; Path=/; Secure; HttpOnly; SameSite=None`,
  `x-sess-uuid=0.${'0'.repeat(8)}.1700000000.${'0'.repeat(8)}; Secure; HttpOnly`,
]
const doNothing = () => undefined
const healthy = { authenticated: true, connected: true, competing: false, established: true }

/** Answers in memory what IBKR would, cookies included. */
const dispatcher = {
  dispatch(request, handler) {
    queueMicrotask(() => {
      const controller = { abort: doNothing, pause: doNothing, resume: doNothing }
      const body = request.path.endsWith('/accounts') ? { accounts: ['DU1'] } : healthy
      handler.onRequestStart(controller, {})
      handler.onResponseStart(controller, 200, { 'content-type': 'application/json', 'set-cookie': cookies })
      handler.onResponseData(controller, Buffer.from(JSON.stringify(body)))
      handler.onResponseEnd(controller, {})
    })
    return true
  },
}

const sessions = []
const emptyBytes = heapBytes()
for (let index = 0; index < count; index += 1) sessions.push(create(index))
const created = perSession()
for (const session of sessions) await session.ready()
await Promise.all(sessions.map((session) => session.get('/portfolio/positions')))
await silence()
const established = perSession()
await Promise.all(sessions.map((session) => session.openBrokerage()))
await silence()
const open = perSession()
const figures = {
  script: 'pnpm run measure:idle',
  date: new Date().toISOString().slice(0, 10),
  node: process.version,
  platform: `${platform()} ${arch()}, ${cpus().length} CPUs`,
  sessions: count,
  heapBytesPerSession: { created, established, brokerageOpen: open },
  runtimeTimersOfAllSessions: runtimeTimers.size,
}
console.log(JSON.stringify(figures, null, 2))
if (process.argv.includes('--write')) {
  writeFileSync(
    new URL('../measurements/idle-sessions.json', import.meta.url),
    `${JSON.stringify(figures, null, 2)}\n`,
  )
}
const ended = sessions.every((session) => session.status().brokerage.state === 'open')
if (!ended || runtimeTimers.size !== 1) process.exitCode = 1

function create(index) {
  const token = `Bearer ${index}`
  return createSession({
    baseUrl: 'https://api.ibkr.com/v1/api',
    dispatcher,
    username: `user-${index}`,
    brokerage: { settleMs: 0 },
    establish: async ({ now }) => ({
      authorize: () => ({ authorization: token }),
      expiresAtMs: now() + 86_400_000,
    }),
  })
}

/** Long enough for pacing to forget the usernames; shorter than the first tickle. */
function silence() {
  return new Promise((resolve) => setTimeout(resolve, 6_000))
}

function perSession() {
  return Math.round((heapBytes() - emptyBytes) / count)
}

function heapBytes() {
  if (!globalThis.gc) throw new Error('run with --expose-gc')
  for (let round = 0; round < 3; round += 1) globalThis.gc()
  return process.memoryUsage().heapUsed
}
