import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { createSandbox, type Sandbox } from '@ibkr-auth/sandbox'
import { createPacing, type Session } from '@ibkr-auth/transport/session'
import { context, metrics, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createOAuth1Session } from '../src/clients/oauth1-session.ts'
import { observe } from '../src/observability/telemetry.ts'
import { sessionOptions } from './session-options.ts'
import { VirtualTime } from './virtual-time.ts'

// A day of a program that reads, in virtual time against the sandbox, looked at as operations do: spans, metrics once a minute, alerts.

const minuteMs = 60_000
const minutes = 24 * 60
/** 02:00 in New York on a Wednesday; IBKR's reset there is 23 hours off. */
const startMs = Date.UTC(2026, 0, 7, 7)
const resetAt = 23 * 60
/** 14:30 in New York, far from every region's reset. */
const elsewhereAt = 750

const spans = new InMemorySpanExporter()
const reader = new PeriodicExportingMetricReader({
  exporter: new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE),
  exportIntervalMillis: 2 ** 31 - 1,
  exportTimeoutMillis: 10_000,
})
/** What Prometheus would have scraped: a value a minute, by name and labels. */
const series = new Map<string, string[]>()
let sandbox: Sandbox
let session: Session

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))
  const time = new VirtualTime(startMs)
  sandbox = await createSandbox({ now: time.now, liveSessionTokenLifetimeMs: 8 * 60 * minuteMs })
  session = sessionIn(time)
  const stop = observe({ live: session })
  for (let minute = 0; minute < minutes; minute += 1) {
    happen(minute)
    const path = minute % 3 === 0 ? '/iserver/account/orders' : '/portfolio/accounts'
    session.get(path).catch(() => undefined) // told by its span
    await time.advance(minuteMs)
    await scrape(minute)
  }
  const closed = session.close()
  await time.advance(minuteMs)
  await closed
  stop()
}, 180_000)

afterAll(() => reader.shutdown())

function sessionIn(time: VirtualTime): Session {
  return createOAuth1Session(sessionOptions(sandbox), {
    dispatcher: time.dispatcherTo(sandbox),
    clock: time,
    random: () => 0.5,
    pacing: createPacing({ clock: time }),
    username: sandbox.credentials.username,
  })
}

/** Someone logs in elsewhere for a while, an operator renews, IBKR ends all sessions and lets nobody in for twenty minutes. */
function happen(minute: number): void {
  const { faults, credentials } = sandbox
  if (minute === elsewhereAt) faults.compete(credentials.username)
  if (minute === elsewhereAt + 12) faults.loseBrokerageSession(credentials.username)
  if (minute === 900) session.renew().catch(() => undefined) // told by its span
  if (minute === resetAt) {
    faults.expireLiveSessionTokens()
    faults.loseBrokerageSession(credentials.username)
    faults.add({ kind: 'status', status: 503, path: '/v1/api/oauth/*', times: 'unlimited' })
  }
  if (minute === resetAt + 20) faults.clear()
}

async function scrape(minute: number): Promise<void> {
  const { resourceMetrics } = await reader.collect()
  const text = new PrometheusSerializer().serialize(resourceMetrics)
  for (const [, name = '', value = ''] of text.matchAll(/^((?:ibkr_|http_)[^ ]+(?:\{.*\})?) ([^ \n]+)/gm)) {
    if (/^http_.*_(bucket|sum)/.test(name)) continue
    const values = series.get(name) ?? []
    values.push(...Array(minute - values.length).fill('_'), value)
    series.set(name, values)
  }
}

const last = (name: string) => Number(series.get(name)?.at(-1) ?? Number.NaN)
const finished = (name: string) => spans.getFinishedSpans().filter((span) => span.name === name)

it('explains every login by a span with reason and outcome, and counts it', () => {
  const logins = finished('login').map(({ attributes }) => [
    attributes['ibkr.login.reason'],
    attributes['ibkr.login.outcome'],
    attributes['error.type'],
  ])
  const failures = logins.filter(([, outcome]) => outcome === 'failed')
  expect(logins.filter(([, outcome]) => outcome !== 'failed')).toEqual([
    ['first', 'established', undefined],
    ['scheduled', 'established', undefined],
    ['renew', 'established', undefined],
    ['scheduled', 'established', undefined],
    ['refused', 'established', undefined],
  ])
  expect(failures.length).toBeGreaterThan(2)
  expect(new Set(failures.map(String))).toEqual(new Set(['refused,failed,ERR_LST_UNAVAILABLE']))
  // Each exchange with IBKR is below a login of its own.
  const exchanges = finished('call POST').filter(
    ({ attributes }) => attributes['url.path'] === '/v1/api/oauth/live_session_token',
  )
  expect(exchanges.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
    finished('login').map((span) => span.spanContext().spanId),
  )
  const counted = [...series].filter(([name]) => name.startsWith('ibkr_logins_total'))
  expect(counted.map(([name]) => last(name)).reduce((sum, one) => sum + one)).toBe(logins.length)
  expect(
    last('ibkr_logins_total{ibkr_session="live",ibkr_login_reason="refused",ibkr_login_outcome="failed"}'),
  ).toBe(failures.length)
  expect(session.status().established).toBe(5)
})

it('shows what the session could do at each minute', () => {
  const at = (name: string, minute: number) => series.get(`${name}{ibkr_session="live"}`)?.[minute]
  const noon = 500
  expect(at('ibkr_session_reading', noon)).toBe('1')
  expect(at('ibkr_session_trading', noon)).toBe('1')
  expect(at('ibkr_brokerage_open', noon)).toBe('1')
  expect(at('ibkr_session_trading', elsewhereAt + 8)).toBe('0') // somebody else has the username
  expect(at('ibkr_session_reading', elsewhereAt + 8)).toBe('1')
  expect(at('ibkr_session_trading', elsewhereAt + 30)).toBe('1')
  expect(at('ibkr_maintenance', noon)).toBe('0')
  expect(at('ibkr_maintenance', resetAt + 5)).toBe('1')
  expect(at('ibkr_session_trading', minutes - 1)).toBe('1')
  const remaining = Number(at('ibkr_credential_remaining_seconds', noon))
  expect(remaining).toBeGreaterThan(600)
  expect(remaining).toBeLessThan(8 * 3_600)
  expect(last('ibkr_wait_seconds_count{ibkr_wait_reason="login"}')).toBeGreaterThan(0)
  expect(last('ibkr_wait_seconds_count{ibkr_wait_reason="brokerage"}')).toBeGreaterThan(0)
})

const found = spawnSync('promtool', ['--version']).error === undefined
if (found || process.env.PROMTOOL_REQUIRED === '1') {
  it('sets off the alert of its one trouble, and sleeps through renewals and the reset', () => {
    const folder = mkdtempSync(join(tmpdir(), 'ibkr-day-'))
    try {
      const run = spawnSync('promtool', ['test', 'rules', writtenIn(folder)], { encoding: 'utf8' })
      expect(run.stdout + run.stderr).toContain('SUCCESS')
      expect(run.status).toBe(0)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
} else console.warn('The alerts were not tried on the day: no promtool on the PATH.')

/** The day as promtool takes it; JSON is YAML. */
function writtenIn(folder: string): string {
  const rules = fileURLToPath(new URL('../prometheus/ibkr-auth.rules.yml', import.meta.url))
  const fired = 'count by (alertname) (count_over_time(ALERTS{alertstate="firing"}[1d]))'
  const test = {
    name: 'the day',
    interval: '1m',
    input_series: [...series].map(([name, values]) => ({ series: name, values: values.join(' ') })),
    promql_expr_test: [
      {
        expr: fired,
        eval_time: `${minutes - 1}m`,
        exp_samples: [{ labels: '{alertname="IbkrTradingDown"}', value: 1 }],
      },
    ],
  }
  const file = join(folder, 'day.test.yml')
  writeFileSync(file, JSON.stringify({ rule_files: [rules], evaluation_interval: '1m', tests: [test] }))
  return file
}
