import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import { onTransportEvent } from '@ibkr-auth/transport'
import { createPacing, type Session } from '@ibkr-auth/transport/session'
import { context, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createOAuth1Session } from '../src/clients/oauth1-session.ts'
import { sessionOptions } from './session-options.ts'

const exporter = new InMemorySpanExporter()
const instrumentation = new UndiciInstrumentation()
const windows = [{ requests: 1, intervalMs: 300 }]
const accounts = { name: 'accounts', methods: ['GET'], paths: ['/portfolio/accounts'], windows }
const oneAtATime = createPacing({ limits: [accounts] })
let sandbox: RunningSandbox
let session: Session

beforeAll(async () => {
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(provider)
  instrumentation.setTracerProvider(provider)
  instrumentation.enable()
  sandbox = await startSandbox()
  session = createOAuth1Session(sessionOptions(sandbox), {
    pacing: oneAtATime,
    brokerage: { settleMs: 0, accountsPauseMs: 0 },
    retry: { baseDelayMs: 1 },
  })
})

afterAll(async () => {
  await session.close()
  await sandbox.close()
  instrumentation.disable()
})

/** A request below a span of its caller's. */
const below = (name: string, path: string) =>
  trace.getTracer('mine').startActiveSpan(name, async (span) => {
    await session.get(path)
    span.end()
    return span.spanContext()
  })

it("hangs undici's spans below the caller's, after a login that another began, after a retry and a wait for a place", async () => {
  sandbox.faults.add({
    kind: 'status',
    status: 503,
    method: 'GET',
    path: '/v1/api/portfolio/subaccounts',
    times: 1,
  })
  const [first, second] = await Promise.all([
    below('first', '/portfolio/accounts'),
    below('second', '/portfolio/subaccounts'),
  ])
  const reasons: string[] = []
  const stop = onTransportEvent('ibkr-auth:transport:wait-end', ({ reason }) => reasons.push(reason))
  const [third, fourth] = await Promise.all([
    below('third', '/portfolio/accounts'),
    below('fourth', '/portfolio/accounts'),
  ])
  stop()
  expect(reasons).toContain('pacing')
  const requests = exporter
    .getFinishedSpans()
    .filter(
      ({ instrumentationScope }) => instrumentationScope.name === '@opentelemetry/instrumentation-undici',
    )
  const callers = requests.map(({ attributes, parentSpanContext }) => [
    `${attributes['url.path']}${attributes['url.query'] ?? ''}`,
    parentSpanContext?.spanId,
  ])
  expect(callers).toContainEqual(['/v1/api/oauth/live_session_token', first.spanId])
  expect(callers.filter(([path]) => path === '/v1/api/portfolio/accounts')).toEqual([
    ['/v1/api/portfolio/accounts', first.spanId],
    ['/v1/api/portfolio/accounts', third.spanId],
    ['/v1/api/portfolio/accounts', fourth.spanId],
  ])
  // Twice, for it was repeated.
  expect(callers.filter(([path]) => path === '/v1/api/portfolio/subaccounts')).toEqual([
    ['/v1/api/portfolio/subaccounts', second.spanId],
    ['/v1/api/portfolio/subaccounts', second.spanId],
  ])
})
