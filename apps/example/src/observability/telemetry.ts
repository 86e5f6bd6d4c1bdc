import { onStreamEvent, type Stream } from '@ibkr-auth/streaming'
import { onTransportEvent, type RequestEvent } from '@ibkr-auth/transport'
import { onSessionEvent, type Session } from '@ibkr-auth/transport/session'
import type { Attributes, Span } from '@opentelemetry/api'
import { context, metrics, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'

// Spans and metrics by OpenTelemetry's conventions, from the channels of the packages; none of them tells a secret. Register your
// providers, then call `observe` once. Seconds stand in our names because some ways to Prometheus add the unit and some do not.

type Stops = (() => void)[]
/** Sessions and streams by the name that their metrics have. */
type Named<Value> = Readonly<Record<string, Value>>
type Sessions = Named<Pick<Session, 'status' | 'health' | 'now'>>
type Streams = Named<Pick<Stream, 'status'>>

/** Logins below whoever made them necessary, their exchanges below them, calls below their callers, attempts below calls; and metrics. */
export function observe(sessions: Sessions, streams: Streams = {}): () => void {
  const stops = [...observeRequests(), ...observeSessions(sessions), ...observeStreams(streams)]
  return () => {
    for (const stop of stops) stop()
  }
}

function observeRequests(): Stops {
  const duration = seconds('http.client.request.duration', [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10])
  const waits = seconds('ibkr.wait.seconds', [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60])
  const penalties = meter().createCounter('ibkr.penalties')
  return [
    onTransportEvent('ibkr-auth:transport:call-start', (event) => {
      const { call, method, purpose, session } = event
      const attributes = { ...asked(event), 'ibkr.purpose': purpose }
      begin(`call ${call}`, `call ${method}`, attributes, purpose === 'establish' ? `login ${session}` : '')
    }),
    onTransportEvent('ibkr-auth:transport:attempt-start', (event) => {
      const attributes = { ...asked(event), 'http.request.resend_count': event.attempt - 1 }
      begin(`attempt ${event.call}`, event.method, attributes, `call ${event.call}`, SpanKind.CLIENT)
    }),
    onTransportEvent('ibkr-auth:transport:attempt-end', (event) => {
      end(`attempt ${event.call}`, answered(event))
      const { 'url.path': _unbounded, ...labels } = { ...asked(event), ...answered(event) }
      duration.record(event.elapsedMs / 1000, labels)
    }),
    onTransportEvent('ibkr-auth:transport:wait-end', ({ call, reason, elapsedMs }) => {
      const waited = { 'ibkr.wait.reason': reason }
      spans.get(`call ${call}`)?.addEvent('waited', { ...waited, 'ibkr.wait.seconds': elapsedMs / 1000 })
      waits.record(elapsedMs / 1000, waited)
    }),
    onTransportEvent('ibkr-auth:transport:call-end', (event) => end(`call ${event.call}`, answered(event))),
    onSessionEvent('ibkr-auth:pacing:penalty', () => penalties.add(1)),
  ]
}

function observeSessions(sessions: Sessions): Stops {
  const logins = meter().createCounter('ibkr.logins')
  const why = (event: { readonly session: number; readonly reason: string }) => {
    return { 'ibkr.session': nameOf(sessions, event.session), 'ibkr.login.reason': event.reason }
  }
  return [
    onSessionEvent('ibkr-auth:session:login-start', (event) =>
      begin(`login ${event.session}`, 'login', why(event)),
    ),
    onSessionEvent('ibkr-auth:session:login-end', (event) => {
      const outcome = { 'ibkr.login.outcome': event.outcome }
      end(`login ${event.session}`, { ...outcome, 'error.type': event.code })
      logins.add(1, { ...why(event), ...outcome })
    }),
    gauge('ibkr.session.reading', sessions, (one) => Number(one.health().reading)),
    gauge('ibkr.session.trading', sessions, (one) => Number(one.health().trading ?? Number.NaN)),
    gauge('ibkr.brokerage.open', sessions, (one) => Number(one.status().brokerage.state === 'open')),
    gauge('ibkr.maintenance', sessions, (one) => Number(one.status().maintenance !== undefined)),
    gauge('ibkr.credential.remaining.seconds', sessions, (one) => left(one.now(), one.status().expiresAtMs)),
    gauge('ibkr.penalty.remaining.seconds', sessions, (one) => left(one.now(), one.status().penaltyUntilMs)),
  ]
}

function observeStreams(streams: Streams): Stops {
  const gaps = meter().createCounter('ibkr.stream.gaps')
  const age = ({ heartbeatAtMs = Number.NaN }: { heartbeatAtMs: number | undefined }) =>
    left(heartbeatAtMs, Date.now())
  return [
    onStreamEvent('ibkr-auth:stream:gap', (event) =>
      gaps.add(1, { 'ibkr.session': nameOf(streams, event.stream) }),
    ),
    gauge('ibkr.stream.age.seconds', streams, (one) => age(one.status())),
  ]
}

const meter = () => metrics.getMeter('ibkr-auth')
const seconds = (name: string, explicitBucketBoundaries: number[]) =>
  meter().createHistogram(name, { unit: 's', advice: { explicitBucketBoundaries } })
const left = (nowMs: number, untilMs = 0) => Math.max(0, untilMs - nowMs) / 1000

/** Spans that have begun. */
const spans = new Map<string, Span>()

function begin(
  key: string,
  name: string,
  attributes: Attributes,
  above = '',
  kind = SpanKind.INTERNAL,
): void {
  const span = spans.get(above)
  const below = span === undefined ? context.active() : trace.setSpan(context.active(), span)
  spans.set(key, trace.getTracer('ibkr-auth').startSpan(name, { kind, attributes }, below))
}

function end(key: string, attributes: Attributes): void {
  const span = spans.get(key)?.setAttributes(attributes)
  if (attributes['error.type'] !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR })
  span?.end()
  spans.delete(key)
}

/** Read when metrics are collected; what is no number is not told. */
function gauge<Value>(name: string, all: Named<Value>, read: (one: Value) => number): () => void {
  const instrument = meter().createObservableGauge(name)
  const look: Parameters<typeof instrument.addCallback>[0] = (result) => {
    for (const [label, one] of Object.entries(all))
      if (!Number.isNaN(read(one))) result.observe(read(one), { 'ibkr.session': label })
  }
  instrument.addCallback(look)
  return () => instrument.removeCallback(look)
}

/** Events name sessions and streams by their numbers. */
const nameOf = (all: Named<{ status(): { readonly id: number } }>, id: number) =>
  Object.keys(all).find((name) => all[name]?.status().id === id) ?? String(id)

function asked({ method, origin, path }: RequestEvent): Attributes {
  const { hostname, port } = new URL(origin)
  const server = { 'server.address': hostname, 'server.port': Number(port || 443) }
  return { 'http.request.method': method, ...server, 'url.path': path.replace(/\?.*/s, '') }
}

/** A status of 400 and more is an error too. */
function answered({
  status = 0,
  code,
}: {
  status: number | undefined
  code: string | undefined
}): Attributes {
  const error = code ?? (status >= 400 ? String(status) : undefined)
  return { ...(status > 0 && { 'http.response.status_code': status }), ...(error && { 'error.type': error }) }
}
