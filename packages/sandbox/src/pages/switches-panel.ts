import { html } from 'hono/html'
import type { Markup } from './page.ts'

/** Something that can be done to the sandbox: a request to an admin endpoint, with a body to edit. */
interface Switch {
  readonly label: string
  readonly method: 'POST' | 'DELETE'
  readonly path: string
  readonly body?: unknown
}

const fault = (label: string, body: object): Switch => ({ label, method: 'POST', path: 'faults', body })
const change = (label: string, body: object): Switch => ({ label, method: 'POST', path: 'state', body })
const market = (label: string, body: object): Switch => change(label, { market: body })
const conid = 265598

const groups: readonly (readonly [title: string, switches: readonly Switch[]])[] = [
  [
    'Faults for the next request',
    [
      fault('Answer with a status', { kind: 'status', status: 503, times: 1 }),
      fault('Pacing, 429', { kind: 'pacing', retryAfterSeconds: 600 }),
      fault('Delay the answer', { kind: 'delay', ms: 5_000 }),
      fault('Drop before the work', { kind: 'drop', when: 'before' }),
      fault('Drop after the work', { kind: 'drop', when: 'after', path: '/v1/api/iserver/account/*' }),
      fault('Cut the answer short', { kind: 'truncate' }),
      fault('Garbage for JSON', { kind: 'garbage' }),
      fault('Page of the CDN', { kind: 'html', status: 403 }),
      fault('Stub for an operation', {
        kind: 'status',
        status: 200,
        path: '/v1/api/iserver/scanner/params',
        body: '{}',
        contentType: 'application/json',
        times: 'unlimited',
      }),
      { label: 'Take all faults back', method: 'DELETE', path: 'faults' },
    ],
  ],
  [
    'Sessions and time',
    [
      change('End all live session tokens', { expireLiveSessionTokens: true }),
      change('Lifetime of new ones, ms', { liveSessionTokenLifetimeMs: 60_000 }),
      change('Lose the brokerage sessions', { loseBrokerageSession: true }),
      change('Log in elsewhere', { compete: true }),
      change('Move the clock, ms', { clockOffsetMs: -400_000 }),
      change('Let out of the penalty box', { pardonPacing: true }),
      change('Seed of the faults', { seed: 1 }),
      {
        label: 'Approve a request token',
        method: 'POST',
        path: 'approve',
        body: { requestToken: '', username: 'sandboxcustomer' },
      },
    ],
  ],
  [
    'WebSockets',
    [
      change('Drop them', { streams: { drop: true } }),
      change('Close them with a code', { streams: { close: 1000 } }),
      change('Send nothing any more', { streams: { freeze: true } }),
      change('Send late, ms', { streams: { slow: 2_000 } }),
      change('Split and binary frames', { streams: { split: true, binary: true } }),
      change('Send garbage', { streams: { garbage: true } }),
      change('Tell a status', { streams: { status: { competing: true } } }),
      change('Notify', { streams: { notify: { id: '1', title: 'Margin', text: 'Margin cushion is low.' } } }),
      change('Send a bulletin', { streams: { bulletin: 'Trading in AAPL is halted.' } }),
    ],
  ],
  [
    'Market',
    [
      market('Hold a price', { setPrice: { conid, price: 190 } }),
      market('Freshness of market data', { setAvailability: { conid, availability: 'delayed' } }),
      change('Fill what the market reaches', { fillMarketable: true }),
      market('Fill an order', { fill: { orderId: 1_001 } }),
      market('Reject an order', { reject: { orderId: 1_001, reason: 'Rejected by the exchange' } }),
      market('Cancel an order', { cancel: { orderId: 1_001 } }),
      market('Reject the next order', { rejectNext: 'No trading permissions' }),
      market('Question the next order', { askNext: ['o163', 'o451'] }),
      market('Put a position', { setPosition: { accountId: 'DU1234567', conid, quantity: 100 } }),
      market('Empty the book', { emptyBook: true }),
    ],
  ],
  ['Log', [{ label: 'Empty the log', method: 'DELETE', path: 'log' }]],
]

/** Switches for every fault and every state, each with the command that does the same from a terminal. */
export function switchesPanel(origin: string): Markup {
  return html`<h2>Switches</h2>
<p class="quiet">Each sends what its field says. The command below it does the same.</p>
<p role="status" id="done" class="quiet"></p>
${groups.map(([title, switches]) => html`<details class="card group"><summary>${title}</summary>${switches.map((each) => row(each, origin))}</details>`)}`
}

function row({ label, method, path, body }: Switch, origin: string): Markup {
  const text = body === undefined ? '' : JSON.stringify(body)
  const field =
    body === undefined
      ? ''
      : html`<input type="text" name="body" aria-label="${label}: JSON" value="${text}" spellcheck="false" autocomplete="off">`
  return html`<form class="switch" data-method="${method}" data-path="/_sandbox/${path}">
<button type="submit">${label}</button>${field}
<code class="command" data-origin="${origin}">${command(method, `${origin}/_sandbox/${path}`, text)}</code>
</form>`
}

/** The same in the shell; the page's script writes it anew as the field changes. */
function command(method: string, url: string, body: string): string {
  if (body === '') return `curl -X ${method} ${url}`
  return `curl -H 'content-type: application/json' -d '${body.replaceAll("'", "'\\''")}' ${url}`
}
