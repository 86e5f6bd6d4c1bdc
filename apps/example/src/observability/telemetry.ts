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

const meter = () => metrics.getMeter('ibkr-auth')
const seconds = (name: string, explicitBucketBoundaries: number[]) =>
  meter().createHistogram(name, { unit: 's', advice: { explicitBucketBoundaries } })

/** Calls below their callers' spans, attempts below their calls, logins; metrics of them, of penalties, gaps, sessions and streams. */
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
  const calls = new Spans()
  const attempts = new Spans()
  return [
    onTransportEvent('ibkr-auth:transport:call-start', (event) =>
      calls.begin(event.call, `call ${event.method}`, asked(event)),
    ),
    onTransportEvent('ibkr-auth:transport:attempt-start', (event) => {
      const attributes = { ...asked(event), 'http.request.resend_count': event.attempt - 1 }
      attempts.begin(event.call, event.method, attributes, SpanKind.CLIENT, calls.get(event.call))
    }),
    onTransportEvent('ibkr-auth:transport:attempt-end', (event) => {
      attempts.end(event.call, answered(event))
      const { 'url.path': _unbounded, ...labels } = { ...asked(event), ...answered(event) }
      duration.record(event.elapsedMs / 1000, labels)
    }),
    onTransportEvent('ibkr-auth:transport:wait-end', ({ call, reason, elapsedMs }) => {
      calls.get(call)?.addEvent('waited', { 'ibkr.wait.reason': reason, 'ibkr.wait.ms': elapsedMs })
      waits.record(elapsedMs / 1000, { 'ibkr.wait.reason': reason })
    }),
    onTransportEvent('ibkr-auth:transport:call-end', (event) => calls.end(event.call, answered(event))),
    onSessionEvent('ibkr-auth:pacing:penalty', () => penalties.add(1)),
  ]
}

function observeSessions(sessions: Sessions): Stops {
  const logins = meter().createCounter('ibkr.logins')
  const spans = new Spans()
  const why = (event: { session: number; reason: string }): Attributes => ({
    'ibkr.session': nameOf(sessions, event.session),
    'ibkr.login.reason': event.reason,
  })
  return [
    onSessionEvent('ibkr-auth:session:login-start', (event) =>
      spans.begin(event.session, 'login', why(event)),
    ),
    onSessionEvent('ibkr-auth:session:login-end', (event) => {
      spans.end(event.session, { 'ibkr.login.outcome': event.outcome, 'error.type': event.code })
      logins.add(1, { ...why(event), 'ibkr.login.outcome': event.outcome })
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
  return [
    onStreamEvent('ibkr-auth:stream:gap', ({ stream }) =>
      gaps.add(1, { 'ibkr.session': nameOf(streams, stream) }),
    ),
    gauge('ibkr.stream.age.seconds', streams, (one) =>
      left(one.status().heartbeatAtMs ?? Number.NaN, Date.now()),
    ),
  ]
}

/** Spans that have begun, by the number of what they are of. */
class Spans extends Map<number, Span> {
  begin(key: number, name: string, attributes: Attributes, kind = SpanKind.INTERNAL, above?: Span): void {
    const below = above === undefined ? context.active() : trace.setSpan(context.active(), above)
    this.set(key, trace.getTracer('ibkr-auth').startSpan(name, { kind, attributes }, below))
  }

  end(key: number, attributes: Attributes): void {
    const span = this.get(key)?.setAttributes(attributes)
    if (attributes['error.type'] !== undefined) span?.setStatus({ code: SpanStatusCode.ERROR })
    span?.end()
    this.delete(key)
  }
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

const left = (nowMs: number, untilMs = 0) => Math.max(0, untilMs - nowMs) / 1000

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
