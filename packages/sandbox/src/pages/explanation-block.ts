import { html } from 'hono/html'
import type { Explanation } from '../explain/types.ts'
import type { Markup } from './page.ts'

/** Why a request was refused, with both base strings side by side where they differ. */
export function explanationBlock(explanation: Explanation): Markup {
  const { mistake, summary, detail = '', remedy, indistinguishableFrom } = explanation
  return html`<div class="why">
<p><strong><code>${mistake}</code></strong> ${summary} ${detail}</p>
<p>${remedy}</p>
${indistinguishableFrom === undefined ? '' : html`<p class="quiet">The same bytes come from: ${indistinguishableFrom.join(', ')}.</p>`}
${sides(explanation)}
</div>`
}

function sides({ expectedBaseString: expected, receivedBaseString: received }: Explanation): Markup | '' {
  if (expected === undefined) return ''
  const differs = received !== undefined && received !== expected
  const [shownExpected, shownReceived] = differs ? marked(expected, received) : [html`${expected}`, undefined]
  return html`<details${differs ? ' open' : ''}><summary>Signature base string</summary>
<div class="sides">
<div><h3>Expected</h3><p class="base">${shownExpected}</p></div>
${shownReceived === undefined ? '' : html`<div><h3>Received</h3><p class="base">${shownReceived}</p></div>`}
</div></details>`
}

/** Marks what lies between the common beginning and the common end of two texts. */
function marked(a: string, b: string): readonly [Markup, Markup] {
  const shorter = Math.min(a.length, b.length)
  let start = 0
  while (start < shorter && a[start] === b[start]) start++
  let end = 0
  while (end < shorter - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  const mark = (text: string): Markup =>
    html`${text.slice(0, start)}<mark>${text.slice(start, text.length - end)}</mark>${text.slice(text.length - end)}`
  return [mark(a), mark(b)]
}
