import { html } from 'hono/html'
import type { Faults } from '../faults/faults.ts'
import { descriptionOf, instrumentOf } from '../market/instruments.ts'
import type { Order } from '../market/order.ts'
import { type ApiSession, hasEnded } from '../state/api-session.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import type { User } from '../state/users.ts'
import type { FrameEntry } from '../ws/frame-log.ts'
import type { Streams } from '../ws/streams.ts'
import type { Markup } from './page.ts'

/** What the panel is drawn from. */
export interface PanelParts {
  readonly state: SandboxState
  readonly faults: Faults
  readonly streams: Streams
}

const mostShown = 50

/** Who is signed in, who holds which brokerage session, the book, and the faults that are set. */
export function statePanel({ state, faults, streams }: PanelParts): Markup {
  const nowMs = state.clock.nowMs()
  return html`<h2>Signed in</h2>
${signedIn(state, nowMs)}
<h2>Brokerage sessions</h2>
<dl class="facts card">${state.users.all().map((user) => brokerageOf(state, user, nowMs))}</dl>
<h2>Orders</h2>
${orders(state)}
<h2>Faults</h2>
${faultList(faults)}
<h2>WebSockets</h2>
${frames(streams)}`
}

interface SignedIn {
  readonly who: string
  readonly what: string
  readonly expiresAtMs: number
}

function signedIn(state: SandboxState, nowMs: number): Markup {
  const tokens = state.accessTokens.all().flatMap(({ consumerKey, username, liveSessions }) =>
    liveSessions
      .filter((live) => live.isLive(nowMs))
      .map(
        ({ expiresAtMs }): SignedIn => ({
          who: username,
          what: `live session token of ${consumerKey}`,
          expiresAtMs,
        }),
      ),
  )
  const bearers = [...state.bearers.values()].map((bearer): SignedIn => {
    const { expiresAtMs } = bearer
    return bearer.kind === 'sso'
      ? { who: bearer.session.username, what: 'SSO bearer', expiresAtMs }
      : { who: bearer.clientId, what: 'OAuth 2.0 access token', expiresAtMs }
  })
  const all = [...tokens, ...bearers].filter(({ expiresAtMs }) => expiresAtMs > nowMs).slice(-mostShown)
  if (all.length === 0) return html`<p class="card quiet">Nobody.</p>`
  return html`<ul class="rows card">${all.map(({ who, what, expiresAtMs }) => html`<li><strong>${who}</strong> ${what}, ${ends(expiresAtMs, nowMs)}</li>`)}</ul>`
}

function brokerageOf(state: SandboxState, { username, accounts }: User, nowMs: number): Markup {
  const holder = state.brokerage.holder(username, nowMs)
  const ids = accounts
    .map(({ accountId, isPaper }) => `${accountId} (${isPaper ? 'paper' : 'live'})`)
    .join(', ')
  return html`<dt>${username}<br><small>${ids}</small></dt><dd>${holderText(state, holder, nowMs)}</dd>`
}

function holderText(
  state: SandboxState,
  holder: ApiSession | 'elsewhere' | undefined,
  nowMs: number,
): string {
  if (holder === undefined) return 'nobody'
  if (holder === 'elsewhere') return 'a login elsewhere'
  const { established } = state.brokerage.status(holder, nowMs)
  const kind = holder.kind === 'sso' ? 'an SSO session' : 'a live session token'
  const ended = hasEnded(holder, nowMs) ? ', which has ended' : ''
  return `${kind}${ended}${established ? '' : ', accounts not loaded yet'}`
}

function orders({ market }: SandboxState): Markup {
  const newest = market.orders.list().slice(-mostShown).reverse()
  if (newest.length === 0) return html`<p class="card quiet">None.</p>`
  return html`<ul class="rows card">${newest.map(orderLine)}</ul>`
}

function orderLine(order: Order): Markup {
  const { orderId, accountId, side, quantity, conid, orderType, price, status, filledQuantity } = order
  const instrument = instrumentOf(conid)
  const name = instrument === undefined ? String(conid) : descriptionOf(instrument)
  const at = price === undefined ? '' : ` @ ${price}`
  return html`<li><code>${orderId}</code> ${side} ${quantity} ${name} ${orderType}${at} <strong>${status}</strong> ${filledQuantity}/${quantity} <span class="quiet">${accountId}</span></li>`
}

function faultList(faults: Faults): Markup {
  const set = faults.list()
  if (set.length === 0) return html`<p class="card quiet">None is set.</p>`
  return html`<ul class="rows card">${set
    .slice(0, mostShown)
    .map(
      ({ id, rule, hits }) =>
        html`<li><code>${JSON.stringify(rule)}</code> struck ${hits} times <button type="button" class="small" data-method="DELETE" data-path="/_sandbox/faults/${id}">Take back</button></li>`,
    )}</ul>`
}

function frames({ open, frames: { entries } }: Streams): Markup {
  const newest = entries.slice(-mostShown).reverse()
  return html`<p class="quiet">${open} open.</p>
${newest.length === 0 ? '' : html`<ul class="rows card">${newest.map(frameLine)}</ul>`}`
}

function frameLine({ connection, atMs, direction, text, note }: FrameEntry): Markup {
  const time = new Date(atMs).toISOString()
  const arrow =
    direction === 'received'
      ? html`<span title="received">&rarr;</span>`
      : html`<span title="sent">&larr;</span>`
  return html`<li><span class="quiet">${connection}</span> ${arrow} <code>${text}</code> ${note === undefined ? '' : html`<strong>${note}</strong>`} <time class="quiet" datetime="${time}">${time.slice(11, 23)}</time></li>`
}

function ends(expiresAtMs: number, nowMs: number): Markup {
  const at = new Date(expiresAtMs).toISOString()
  const minutes = Math.round((expiresAtMs - nowMs) / 60_000)
  const left = minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`
  return html`ends <time datetime="${at}">${at.slice(0, 16).replace('T', ' ')}</time> (${left})`
}
