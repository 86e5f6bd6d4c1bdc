import { html } from 'hono/html'
import type { LogEntry } from '../log/entry.ts'
import type { RequestLog } from '../log/request-log.ts'
import type { Reply } from '../request/reply.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { explanationBlock } from './explanation-block.ts'
import { type Markup, page } from './page.ts'
import { type PanelParts, statePanel } from './state-panel.ts'
import { switchesPanel } from './switches-panel.ts'

const mostShown = 200

/** The page at `/`: who is signed in, the book, switches, and the requests with their verdicts, newest first. */
export function logPage(parts: PanelParts, log: RequestLog, onlyRefused: boolean): Promise<Reply> {
  const { state } = parts
  const all = log.entries
  const refused = all.filter(({ verdict }) => verdict === 'refused')
  const shown = (onlyRefused ? refused : all).slice(-mostShown).reverse()
  const content = html`<main>
<h1>Sandbox for the Interactive Brokers Web API</h1>
<p class="quiet">Not Interactive Brokers: a stand-in on this machine. It verifies every request and says why it refused one.</p>
${facts(state)}
<p class="quiet" role="status" id="live">Reload to see what came since.</p>
<div class="columns">
<section aria-labelledby="requests">
<h2 id="requests">Requests</h2>
<nav aria-label="Which requests"><ul class="filters">
<li>${filter('/', `All (${all.length})`, !onlyRefused)}</li>
<li>${filter('/?show=refused', `Refused (${refused.length})`, onlyRefused)}</li>
</ul></nav>
<p class="card" id="nothing"${shown.length === 0 ? '' : html` hidden`}>Nothing yet. Point a client at <code>${state.origin}/v1/api</code>.</p>
<ol class="log" id="log" data-only="${onlyRefused ? 'refused' : ''}">${shown.map(entryRow)}</ol>
</section>
<section aria-label="State and switches">
<div id="state">${statePanel(parts)}</div>
${switchesPanel(state.origin)}
</section>
</div>
</main>`
  return page(`${refused.length} refused, sandbox`, content, { isLive: true })
}

function facts({ origin, consumers, settings }: SandboxState): Markup {
  const taken = settings.lenient
    ? 'lenient: variants of known clients too'
    : settings.strictForms.join(' or ')
  return html`<dl class="facts card">
<dt>Web API</dt><dd><code>${origin}/v1/api</code></dd>
<dt>Gateway</dt><dd><code>${origin}/gw/api/v1</code></dd>
<dt>OAuth 2.0 token</dt><dd><code>${origin}/oauth2/api/v1/token</code></dd>
<dt>Consumer key</dt><dd><code>${[...consumers.keys()].join(', ')}</code></dd>
<dt>Query parameters</dt><dd>${taken}</dd>
</dl>`
}

function filter(href: string, text: string, isCurrent: boolean): Markup {
  return isCurrent
    ? html`<a href="${href}" aria-current="page">${text}</a>`
    : html`<a href="${href}">${text}</a>`
}

/** A request with its verdict; why it was refused can be unfolded. */
export function entryRow(entry: LogEntry): Markup {
  const { id, atMs, method, target, status, verdict, signedAs, fault, explanation } = entry
  const time = new Date(atMs).toISOString()
  return html`<li id="r${id}" class="entry">
<div class="line">
<span class="badge ${verdict}">${verdict}</span>
<span>${status === 0 ? 'dropped' : status}</span>
<span class="target"><code>${method} ${target}</code></span>
${signedAs === undefined ? '' : html`<span class="quiet">signed: ${signedAs}</span>`}
${fault === undefined ? '' : html`<span class="quiet">fault: ${fault}</span>`}
<time class="quiet" datetime="${time}">${time.slice(11, 23)}</time>
<span class="quiet">#${id}</span>
</div>
${explanation === undefined ? '' : html`<details${verdict === 'refused' ? ' open' : ''}><summary><code>${explanation.mistake}</code></summary>${explanationBlock(explanation)}</details>`}
</li>`
}
