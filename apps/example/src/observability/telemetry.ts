import type { Stream } from '@ibkr-auth/streaming'
import { onTransportEvent, type RequestEvent } from '@ibkr-auth/transport'
import type { Session } from '@ibkr-auth/transport/session'
import {
  type Attributes,
  context,
  metrics,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'

// Spans and metrics by OpenTelemetry's conventions. Register its providers first. Nothing told here holds a secret. Seconds stand in
// our names because some ways to Prometheus add the unit and some do not.

const waits = {
  unit: 's',
  description: 'Waits before a request is sent',
  advice: { explicitBucketBoundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] },
}
const ended = (span: Span | undefined, errorType: string | undefined, attributes: Attributes = {}): void => {
  if (errorType !== undefined)
    span?.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', errorType)
  span?.setAttributes(attributes).end()
}
/** A status of 400 and more is an error too. */
const errorTypeOf = ({
  status,
  code,
}: {
  readonly status: number | undefined
  readonly code: string | undefined
}) => code ?? (status !== undefined && status >= 400 ? String(status) : undefined)
const describe = ({ method, origin, path }: RequestEvent): Attributes => ({
  'http.request.method': method,
  'server.address': new URL(origin).hostname,
  'url.path': path.replace(/\?.*/s, ''),
})
const reply = (status: number | undefined): Attributes =>
  status === undefined ? {} : { 'http.response.status_code': status }

const endAll = (stops: readonly (() => void)[]): void => {
  for (const stop of stops) stop()
}

/** Each call a span below its caller's, each attempt a span below its call's; durations and waits as histograms. */
export function observeRequests(): () => void {
  const tracer = trace.getTracer('ibkr-auth')
  const meter = metrics.getMeter('ibkr-auth')
  const duration = meter.createHistogram('http.client.request.duration', { unit: 's' })
  const wait = meter.createHistogram('ibkr.wait.seconds', waits)
  const calls = new Map<number, { readonly span: Span; attempt?: Span }>()
  const stops = [
    onTransportEvent('ibkr-auth:transport:call-start', (event) => {
      calls.set(event.call, {
        span: tracer.startSpan(`call ${event.method}`, { attributes: describe(event) }),
      })
    }),
    onTransportEvent('ibkr-auth:transport:attempt-start', (event) => {
      const call = calls.get(event.call)
      if (call === undefined) return
      const attributes = { ...describe(event), 'http.request.resend_count': event.attempt - 1 }
      const below = trace.setSpan(context.active(), call.span)
      call.attempt = tracer.startSpan(event.method, { kind: SpanKind.CLIENT, attributes }, below)
    }),
    onTransportEvent('ibkr-auth:transport:attempt-end', (event) => {
      const errorType = errorTypeOf(event)
      ended(calls.get(event.call)?.attempt, errorType, reply(event.status))
      const { 'url.path': _unbounded, ...labels } = describe(event)
      const failed: Attributes = errorType === undefined ? {} : { 'error.type': errorType }
      duration.record(event.elapsedMs / 1000, { ...labels, ...reply(event.status), ...failed })
    }),
    onTransportEvent('ibkr-auth:transport:call-end', (event) => {
      ended(calls.get(event.call)?.span, errorTypeOf(event), reply(event.status))
      calls.delete(event.call)
    }),
    onTransportEvent('ibkr-auth:transport:wait-end', ({ elapsedMs, reason }) =>
      wait.record(elapsedMs / 1000, { 'ibkr.wait.reason': reason }),
    ),
  ]
  return () => endAll(stops)
}

/** Each login a span with its cause and outcome, counted; what the session is now as gauges. */
export function observeSession(name: string, session: Session): () => void {
  const tracer = trace.getTracer('ibkr-auth')
  const meter = metrics.getMeter('ibkr-auth')
  const labels = { 'ibkr.session': name }
  const logins = meter.createCounter('ibkr.logins')
  const penalties = meter.createCounter('ibkr.penalties')
  let login: { readonly span: Span; readonly cause: string } | undefined
  const loginEnds = (outcome: 'established' | 'failed' | 'abandoned', errorType?: string): void => {
    if (login === undefined) return
    ended(login.span, errorType, { 'ibkr.login.outcome': outcome })
    logins.add(1, { ...labels, 'ibkr.login.cause': login.cause, 'ibkr.login.outcome': outcome })
    login = undefined
  }
  const stop = session.subscribe((event) => {
    if (event.type === 'state' && (event.to === 'establishing' || event.to === 'renewing')) {
      const attributes = { ...labels, 'ibkr.login.cause': event.trigger }
      login ??= { span: tracer.startSpan('login', { attributes }), cause: event.trigger }
    } else if (event.type === 'established') loginEnds('established')
    else if (event.type === 'error' && event.during === 'establish')
      loginEnds('failed', errorCode(event.error))
    else if (event.type === 'state' && event.to === 'closing') loginEnds('abandoned')
    else if (event.type === 'penalty') penalties.add(1, labels)
  })
  const stops = [stop, ...observeStatus(labels, session)]
  return () => endAll(stops)
}

const errorCode = (error: unknown): string =>
  error instanceof Error ? String('code' in error ? error.code : error.name) : 'unknown'

function observeStatus(labels: Attributes, session: Session): (() => void)[] {
  const leftUntil = (atMs: number | undefined): number =>
    atMs === undefined ? 0 : Math.max(0, atMs - session.now()) / 1000
  return [
    gauge('ibkr.session.reading', labels, () => Number(session.health().reading)),
    gauge('ibkr.session.trading', labels, () => toNumber(session.health().trading)),
    gauge('ibkr.maintenance', labels, () => Number(session.status().maintenance !== undefined)),
    gauge('ibkr.credential.remaining.seconds', labels, () => leftUntil(session.status().expiresAtMs), 's'),
    gauge('ibkr.penalty.remaining.seconds', labels, () => leftUntil(session.status().penaltyUntilMs), 's'),
  ]
}

const toNumber = (value: boolean | undefined): number | undefined =>
  value === undefined ? undefined : Number(value)

/** A value looked at when metrics are collected; undefined is not told. */
function gauge(name: string, labels: Attributes, read: () => number | undefined, unit = ''): () => void {
  const instrument = metrics.getMeter('ibkr-auth').createObservableGauge(name, { unit })
  const look: Parameters<typeof instrument.addCallback>[0] = (result) => {
    const value = read()
    if (value !== undefined) result.observe(value, labels)
  }
  instrument.addCallback(look)
  return () => instrument.removeCallback(look)
}

/** The age of a stream's last heartbeat, and its gaps; `name` is that of its session. */
export function observeStream(
  name: string,
  stream: Pick<Stream, 'on' | 'status'>,
  now: () => number = Date.now,
): () => void {
  const labels = { 'ibkr.session': name }
  const gaps = metrics.getMeter('ibkr-auth').createCounter('ibkr.stream.gaps')
  const stopAge = gauge(
    'ibkr.stream.age.seconds',
    labels,
    () => {
      const { heartbeatAtMs } = stream.status()
      return heartbeatAtMs === undefined ? undefined : Math.max(0, now() - heartbeatAtMs) / 1000
    },
    's',
  )
  const stopGaps = stream.on(({ type }) => {
    if (type === 'gap') gaps.add(1, labels)
  })
  return () => endAll([stopAge, stopGaps])
}
