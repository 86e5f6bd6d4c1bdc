import { channel } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'
import { decryptAccessTokenSecret, parseDhParams } from '@ibkr-auth/dh-live-session-token'
import { rsaSha256 } from '@ibkr-auth/oauth1-signing'
import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import type { StreamStatus } from '@ibkr-auth/streaming'
import type { Session } from '@ibkr-auth/transport/session'
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
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createOAuth1Session } from '../src/clients/oauth1-session.ts'
import { logEvents, redact } from '../src/observability/log.ts'
import { observe } from '../src/observability/telemetry.ts'

const spans = new InMemorySpanExporter()
const measured = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({
  exporter: measured,
  exportIntervalMillis: 2 ** 31 - 1,
  exportTimeoutMillis: 10_000,
})
const provider = new MeterProvider({ readers: [reader] })
const lines: string[] = []
const logger = pino({ redact }, { write: (line: string) => void lines.push(line) })
const stops: (() => void)[] = []
let sandbox: RunningSandbox
let session: Session

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] }))
  metrics.setGlobalMeterProvider(provider)
  sandbox = await startSandbox()
  const { consumerKey, accessToken, accessTokenSecret, dhParams, signingKey, encryptionKey, baseUrl } =
    sandbox.credentials
  session = createOAuth1Session(
    {
      consumerKey,
      accessToken,
      accessTokenSecret: decryptAccessTokenSecret(accessTokenSecret, encryptionKey),
      realm: 'limited_poa',
      dhParams: parseDhParams(dhParams),
      signer: rsaSha256(signingKey),
      baseUrl,
      querySigning: 'omit',
    },
    {
      pacing: false,
      brokerage: { settleMs: 0, accountsPauseMs: 0 },
      retry: { baseDelayMs: 1 },
      renewal: { backoff: { baseMs: 1, maxMs: 1 } },
    },
  )
  const stream = { status: () => ({ id: 77, heartbeatAtMs: Date.now() - 7_000 }) as StreamStatus }
  stops.push(observe({ live: session }, { live: stream }), logEvents(logger))
})

afterAll(async () => {
  for (const stop of stops) stop()
  await session.close()
  await sandbox.close()
  await provider.shutdown()
})

const named = (name: string) => spans.getFinishedSpans().filter((span) => span.name === name)

it('hangs attempts below calls, and calls below whatever asked for them', async () => {
  sandbox.faults.add({
    kind: 'status',
    status: 503,
    method: 'GET',
    path: '/v1/api/portfolio/accounts',
    times: 1,
  })
  await trace.getTracer('mine').startActiveSpan('mine', async (span) => {
    await session.get('/portfolio/accounts', { query: { secret: 'va1ue-va1ue' } })
    span.end()
  })
  const [mine] = named('mine')
  const call = named('call GET').find(
    ({ attributes }) => attributes['url.path'] === '/v1/api/portfolio/accounts',
  )
  expect(call?.parentSpanContext?.spanId).toBe(mine?.spanContext().spanId)
  const attempts = named('GET').filter(
    ({ parentSpanContext }) => parentSpanContext?.spanId === call?.spanContext().spanId,
  )
  expect(attempts.map(({ attributes }) => attributes)).toMatchObject([
    {
      'http.request.resend_count': 0,
      'http.response.status_code': 503,
      'error.type': '503',
      'server.address': '127.0.0.1',
    },
    { 'http.request.resend_count': 1, 'http.response.status_code': 200 },
  ])
})

it('explains each login, and hangs its exchange below it', async () => {
  const exchange = named('call POST').find(({ attributes }) => attributes['ibkr.purpose'] === 'establish')
  expect(exchange?.parentSpanContext?.spanId).toBe(named('login')[0]?.spanContext().spanId)
  expect(named('login').map(({ attributes }) => attributes)).toMatchObject([
    { 'ibkr.session': 'live', 'ibkr.login.reason': 'first', 'ibkr.login.outcome': 'established' },
  ])
  sandbox.faults.add({ kind: 'status', status: 500, path: '/v1/api/oauth/live_session_token', times: 1 })
  await session.renew().catch(() => undefined)
  const [, second] = named('login')
  expect(second?.attributes).toMatchObject({ 'ibkr.login.reason': 'renew', 'ibkr.login.outcome': 'failed' })
  expect(second?.attributes['error.type']).toMatch(/^ERR_/)
})

it('has each metric that an alert asks for, under the name that Prometheus gives it', async () => {
  await session.ready({ brokerage: true })
  channel('ibkr-auth:stream:gap').publish({ type: 'gap', stream: 77, atMs: 2, fromMs: 1, toMs: 2 })
  const { resourceMetrics } = await reader.collect()
  const text = new PrometheusSerializer().serialize(resourceMetrics)
  const rules = readFileSync(new URL('../prometheus/ibkr-auth.rules.yml', import.meta.url), 'utf8')
  const expressions = rules.replace(/annotations:[\s\S]*?(?=- alert|$)/g, '').replace(/^#.*$/gm, '')
  const wanted = new Set(
    expressions.match(
      /\bibkr_(?:session_(?:reading|trading)|maintenance|credential\w+|logins_total|penalty\w+|wait_seconds\w+|stream\w+)/g,
    ),
  )
  expect(wanted.size).toBe(9)
  expect([...wanted].filter((name) => !new RegExp(`^${name}\\{`, 'm').test(text))).toEqual([])
  expect(text).toMatch(/^ibkr_session_trading\{ibkr_session="live"\} 1/m)
  expect(text).toMatch(
    /^ibkr_logins_total\{ibkr_session="live",ibkr_login_reason="renew",ibkr_login_outcome="failed"\} 1/m,
  )
  expect(text).toMatch(/^ibkr_stream_age_seconds\{ibkr_session="live"\} 7/m)
  expect(text).toMatch(/^http_client_request_duration(?:_seconds)?_count\{.*error_type="503"/m)
  expect(text).toMatch(/^ibkr_stream_gaps_total\{ibkr_session="live"\} 1/m)
})

it('logs what happened and no secret', () => {
  const { accessToken, accessTokenSecret } = sandbox.credentials
  logger.info(
    {
      headers: { authorization: 'OAuth s3cret-s3cret', accept: 'all' },
      request: { headers: { cookie: 's3cret-s3cret' } },
    },
    'by hand',
  )
  const all = lines.join('')
  expect(all).toContain('"msg":"call"')
  expect(all).toContain('"msg":"retry"')
  expect(all).toContain('"msg":"session error"')
  expect(all).toContain('"accept":"all"')
  for (const secret of [
    accessToken,
    accessTokenSecret,
    'va1ue-va1ue',
    's3cret-s3cret',
    'oauth_signature',
    'oauth_token',
  ])
    expect(all).not.toContain(secret)
})
