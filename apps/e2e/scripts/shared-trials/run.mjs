// Trials of shared sessions with real processes: `node scripts/shared-trials/run.mjs [trial ...]`. Counted at the sandbox.
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startSandbox } from '@ibkr-auth/sandbox'
import { startProxy } from './proxy.mjs'
import { startRedis } from './redis.mjs'

const program = fileURLToPath(new URL('./worker.mjs', import.meta.url))
const lifetimeMs = 20_000
const leaseMs = 10_000
const steps = ['leased', 'prepared', 'logged-in', 'encoding']
const minute = 60_000
/** The sandbox computes a login for some 200 ms, and whatever arrives meanwhile is counted behind it. */
const marginMs = Number(process.env.TRIAL_MARGIN_MS ?? 250)

/** A sandbox, a store, workers that can be killed, stopped and cut off. */
async function world({
  redis: onRedis = true,
  workers: count = 8,
  callers = 64,
  aheadMs = () => 0,
  pacingOn = true,
  pauseMs = 250,
} = {}) {
  const sandbox = await startSandbox({
    firstParty: true,
    liveSessionTokenLifetimeMs: lifetimeMs,
    liveSessionTokensPerAccessToken: 1,
    logCapacity: 1_000_000,
  })
  const directory = mkdtempSync(join(tmpdir(), 'ibkr-auth-trial-'))
  const redis = onRedis ? await startRedis() : undefined
  const seal = randomBytes(32).toString('base64')
  const workers = []
  /** What happens at a step of a login: nothing, unless a trial says so. */
  const trial = { onStep: undefined, excuses: 0, offline: [] }
  const spawn = async (index) => {
    const proxy = redis && (await startProxy(redis.port))
    const settings = {
      index,
      credentials: plain(sandbox.credentials),
      seal,
      directory,
      callers,
      pacingOn,
      pauseMs,
      marginMs,
      aheadMs: aheadMs(index),
      redisPort: proxy?.port,
    }
    const child = fork(program, {
      env: { ...process.env, TRIAL: JSON.stringify(settings) },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const worker = {
      index,
      child,
      proxy,
      leads: false,
      report: undefined,
      isKilled: false,
      ended: once(child, 'exit'),
    }
    child.on('message', (message) => {
      if (message.leads !== undefined) worker.leads = message.leads
      if (message.counts) worker.report = message
      if (message.step && !trial.onStep?.(worker, message.step)) child.send({ goOn: message.step })
    })
    workers.push(worker)
    return worker
  }
  await Promise.all(Array.from({ length: count }, (_, index) => spawn(index)))
  const kill = (worker) => {
    worker.isKilled = true
    worker.child.kill('SIGKILL')
  }
  const finish = async () => {
    trial.onStep = undefined
    for (const { child, isKilled } of workers) if (!isKilled && child.connected) child.send({ stop: true })
    await Promise.race([
      Promise.all(workers.map(({ ended }) => ended)),
      pause(30_000, undefined, { ref: false }),
    ])
    for (const worker of workers) {
      if (worker.child.exitCode === null) worker.child.kill('SIGKILL')
      worker.proxy?.close()
    }
    await redis?.stop()
    await sandbox.close()
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  }
  return { sandbox, redis, workers, trial, spawn, kill, finish }
}

/** Credentials as text, for another process. */
function plain({
  consumerKey,
  realm,
  accessToken,
  accessTokenSecret,
  signingKey,
  encryptionKey,
  dhParams,
  baseUrl,
}) {
  const pem = (key) => (typeof key === 'string' ? key : key.export({ type: 'pkcs8', format: 'pem' }))
  return {
    consumerKey,
    realm,
    accessToken,
    accessTokenSecret,
    signingKey: pem(signingKey),
    encryptionKey: pem(encryptionKey),
    dhParams,
    baseUrl,
  }
}

const logins = ({ log }) =>
  log.entries.filter(({ target, status }) => target.endsWith('/oauth/live_session_token') && status === 200)

/** Most requests in any span of a second, logins included, outside the times when somebody was cut off. */
function fullestSecond(all, offline) {
  const times = all
    .filter((atMs) => !offline.some(([from, to]) => atMs >= from && atMs < to))
    .sort((one, other) => one - other)
  let [first, most] = [0, 0]
  for (const [last, atMs] of times.entries()) {
    while (times[first] <= atMs - 1_000) first += 1
    most = Math.max(most, last - first + 1)
  }
  return most
}

/** How much later than it had its place a request came to the sandbox, in milliseconds, the longest first. */
function delays({ log }, places) {
  const grantedAtMs = new Map(places.map(({ target, atMs }) => [target, atMs]))
  const known = log.entries.flatMap(({ target, atMs }) => {
    const from = grantedAtMs.get(target.replace('/v1/api', ''))
    return from === undefined ? [] : [atMs - from]
  })
  return known.sort((one, other) => other - one)
}

/** What became of the orders: each has a price of its own. */
function countOrders({ orders: book, log }, workers) {
  const placed = new Map()
  for (const { price } of book) placed.set(price, (placed.get(price) ?? 0) + 1)
  const told = workers.flatMap(({ report }) => report?.orders ?? [])
  return {
    placed: book.length,
    doubled: [...placed.values()].filter((count) => count > 1).length,
    confirmed: told.filter(({ id }) => id !== undefined).length,
    lost: told.filter(({ id, price }) => id !== undefined && !placed.has(price)).length,
    interrupted: log.entries.filter(({ explanation }) => explanation?.mistake === 'reply-void').length,
  }
}

/**
 * How long after a login a request with the one before still left its process, and came; and how long any of them lay between its
 * signature and the socket. A sandbox that has more to do than it can sees them come late. In milliseconds. What a process sent that was
 * killed left when it came.
 */
function stalest({ log }, workers, offline) {
  const departures = new Map(workers.flatMap(({ report }) => Object.entries(report?.departures ?? {})))
  const givenUp = workers
    .flatMap(({ report }) => report?.givenUp ?? [])
    .sort(([, , one], [, , other]) => one - other)
  /** The last one to that path that left before it came, of those whose answer nobody waited for. */
  const unanswered = (target, cameAtMs) =>
    givenUp.findLast(([path, , atMs]) => path === target && atMs <= cameAtMs)?.slice(1)
  let loginAtMs = 0
  const worst = { leftMs: 0, cameMs: 0, lainMs: 0 }
  for (const { id, atMs, target, status, explanation } of log.entries) {
    if (target.endsWith('/oauth/live_session_token') && status === 200) loginAtMs = atMs
    if (explanation?.mistake !== 'lst-replaced') continue
    const [handedOverAtMs, leftAtMs] = departures.get(String(id)) ?? unanswered(target, atMs) ?? [atMs, atMs]
    if (offline.some(([from, to]) => leftAtMs >= from && leftAtMs < to)) continue
    worst.leftMs = Math.max(worst.leftMs, leftAtMs - loginAtMs)
    worst.cameMs = Math.max(worst.cameMs, atMs - loginAtMs)
    worst.lainMs = Math.max(worst.lainMs, leftAtMs - handedOverAtMs)
  }
  return worst
}

function judge(name, world, startedAtMs, { pacingOn = true, pauseMs = 250 } = {}) {
  const { sandbox, workers, trial } = world
  const runMs = Date.now() - startedAtMs
  const count = logins(sandbox).length
  // A token is renewed two to four seconds ahead of its end.
  const expiries = Math.ceil(runMs / (lifetimeMs - 4_000)) + 1
  const second = fullestSecond(
    sandbox.log.entries.map(({ atMs }) => atMs),
    trial.offline,
  )
  const places = workers.flatMap(({ report }) => report?.places ?? [])
  const granted = fullestSecond(
    places.map(({ atMs }) => atMs),
    trial.offline,
  )
  const [slowest = 0, ...others] = delays(sandbox, places)
  const slow = others[Math.floor(others.length / 100)] ?? slowest
  const orders = countOrders(sandbox, workers)
  const stale = stalest(sandbox, workers, trial.offline)
  const complaints = []
  if (count > expiries + trial.excuses)
    complaints.push(`${count} logins for ${expiries} expiries and ${trial.excuses} excuses`)
  if (stale.leftMs > 2_000) complaints.push(`a replaced credential was used ${stale.leftMs} ms later`)
  if (pacingOn && granted > 10) complaints.push(`${granted} places had in one second`)
  // Only what comes as late as the margin may come together with others.
  if (pacingOn && second > 10 && slowest <= marginMs) complaints.push(`${second} requests came in one second`)
  if (orders.doubled > 0) complaints.push(`${orders.doubled} orders stand there twice`)
  if (orders.lost > 0) complaints.push(`${orders.lost} orders were confirmed and are not there`)
  // A crowd that leaves the sandbox no time leaves none for orders.
  if (orders.placed === 0 && pauseMs > 0) complaints.push('no order was placed')
  const lost = workers.filter(({ report, isKilled }) => !isKilled && report === undefined)
  if (lost.length > 0) complaints.push(`${lost.length} processes ended by themselves`)
  const answered = workers.reduce((sum, { report }) => sum + (report?.counts.answered ?? 0), 0)
  const failed = workers.map(({ report }) => report?.counts.failed ?? {}).flatMap(Object.entries)
  const verdicts = sandbox.log.entries.filter(({ status }) => status === 401).length
  console.log(
    `${complaints.length === 0 ? '✓' : '✗'} ${name}: ${Math.round(runMs / 1000)} s, ${workers.length} processes, ${answered} answered, logins ${count} of at most ${expiries} + ${trial.excuses}, fullest second ${second} (places had: ${granted}; on the way ${slowest} ms at most, ${slow} ms for one in a hundred), orders ${JSON.stringify(orders)}, stalest ${stale.leftMs} ms when it left, ${stale.cameMs} ms when it came (${stale.lainMs} ms from signature to socket), 401s ${verdicts}, failures ${JSON.stringify(sum(failed))}${complaints.map((text) => `\n    ${text}`).join('')}`,
  )
  if (complaints.length > 0) process.exitCode = 1
  if (process.env.TRIAL_LOG)
    writeFileSync(process.env.TRIAL_LOG, sandbox.log.entries.map((entry) => JSON.stringify(entry)).join('\n'))
}

function sum(entries) {
  const total = {}
  for (const [code, count] of entries) total[code] = (total[code] ?? 0) + count
  return total
}

const trials = {
  async calm() {
    await run('calm', {}, () => pause(Number(process.env.TRIAL_MS ?? minute)))
  },
  async unpaced() {
    await run('unpaced, 512 callers', { pacingOn: false }, () => pause(minute))
  },
  async restless() {
    await run('unpaced and without a pause', { pacingOn: false, pauseMs: 0 }, () => pause(minute))
  },
  async files() {
    await run('on files', { redis: false, workers: 4, callers: 16 }, () => pause(minute))
  },
  async clocks() {
    await run('clocks an hour apart', { aheadMs: (index) => (index % 3) * 3_600_000 - 3_600_000 }, () =>
      pause(minute),
    )
  },
  async restarted() {
    await run('Redis killed and started without its data', {}, async (place) => {
      for (const downMs of [1_000, 6_000]) {
        await pause(12_000)
        const from = Date.now()
        await place.redis.kill()
        await pause(downMs)
        await place.redis.start()
        place.trial.offline.push([from, Date.now() + 4_000])
        await pause(12_000)
      }
    })
  },
  async cut() {
    await run('half of them cut off', {}, async (place) => {
      await pause(10_000)
      const from = Date.now()
      for (const { proxy, index } of place.workers) proxy.cut(index % 2 === 0)
      await pause(15_000)
      for (const { proxy } of place.workers) proxy.cut(false)
      place.trial.offline.push([from, Date.now() + 4_000])
      // A login that was cut off in the middle is made again.
      place.trial.excuses += 1
      await pause(25_000)
    })
  },
  async slowed() {
    await run('ways of 0 to 280 ms', {}, async (place) => {
      for (const { proxy, index } of place.workers) proxy.slow(index * 40)
      await pause(minute)
    })
  },
  async leader() {
    await run('leaders killed', {}, async (place) => {
      await pause(5_000)
      for (let round = 0; round < 4; round += 1) {
        const leading = place.workers.filter(({ leads, isKilled }) => leads && !isKilled)
        if (leading.length !== 1) throw new Error(`${leading.length} lead`)
        const from = Date.now()
        place.kill(leading[0])
        place.trial.excuses += 1
        while (!place.workers.some(({ leads, isKilled }) => leads && !isKilled)) await pause(20)
        const tookMs = Date.now() - from
        console.log(`  ${tookMs <= leaseMs + 3_000 ? '✓' : '✗'} another leads after ${tookMs} ms`)
        if (tookMs > leaseMs + 3_000) process.exitCode = 1
        // Long enough to open, and to trade.
        await pause(6_000)
      }
    })
  },
}

/** The owner of the first login from now on is dealt with at a step of it. */
async function atStep(place, step, deal) {
  let victim
  await pause(3_000)
  place.trial.onStep = (worker, name) => {
    if (name !== step || victim) return false
    victim = worker
    deal(worker)
    return true
  }
  await pause(45_000)
  if (!victim) throw new Error(`nobody came to ${step}`)
}

for (const step of steps) {
  trials[`killed-${step}`] = () =>
    run(`owner killed when ${step}`, {}, (place) =>
      atStep(place, step, (worker) => {
        // It has logged in, and nobody knows of it.
        place.trial.excuses += steps.indexOf(step) >= 2 ? 1 : 0
        place.kill(worker)
      }),
    )
  trials[`stopped-${step}`] = () =>
    run(`owner stopped past its lease when ${step}`, {}, (place) =>
      atStep(place, step, (worker) => {
        // What it still does when it wakes is one login more at the most.
        place.trial.excuses += 1
        worker.child.kill('SIGSTOP')
        const from = Date.now()
        setTimeout(() => {
          worker.child.kill('SIGCONT')
          worker.child.send({ goOn: step })
          place.trial.offline.push([from, Date.now() + 2_000])
        }, leaseMs + 5_000)
      }),
    )
}

async function run(name, options, act) {
  const place = await world(options)
  const startedAtMs = Date.now()
  try {
    await act(place)
  } finally {
    await place.finish()
  }
  judge(name, place, startedAtMs, options)
}

const wanted = process.argv.slice(2)
for (const [name, trial] of Object.entries(trials))
  if (wanted.length === 0 || wanted.some((word) => name.startsWith(word))) await trial()
