import { html } from 'hono/html'
import type { Reply } from '../request/reply.ts'
import type { User } from '../state/users.ts'
import { page } from './page.ts'

/** What the user is asked. */
export interface AuthorizeQuestion {
  readonly consumerKey: string
  /** Who may approve; the first is chosen. */
  readonly users: readonly User[]
  readonly requestToken: string
  /** Empty if the registered callback is to be used as it is. */
  readonly redirectUri: string
  /** Where the answer will take the browser. */
  readonly callbackUrl: string
}

/** The page where a user lets a third party act for an account ("OAuth at Interactive Brokers" 4.2). */
export function authorizePage(question: AuthorizeQuestion): Promise<Reply> {
  const { consumerKey, users, requestToken, redirectUri, callbackUrl } = question
  const { origin } = new URL(callbackUrl)
  const content = html`<main class="narrow"><div class="card">
<h1>Allow access to your account?</h1>
<p class="quiet">A sandbox on this machine asks, not Interactive Brokers. No real account is involved.</p>
<dl class="facts">
<dt>Who asks</dt><dd><code>${consumerKey}</code></dd>
<dt>Back to</dt><dd><code>${origin}</code></dd>
</dl>
<form method="post" action="/authorize">
<label class="wide">For <select name="username">${users.map(
    ({ username, accounts }) =>
      html`<option value="${username}">${username}, ${accounts.map(({ accountId }) => accountId).join(', ')}</option>`,
  )}</select></label>
<input type="hidden" name="oauth_token" value="${requestToken}">
<input type="hidden" name="redirect_uri" value="${redirectUri}">
<button class="primary" type="submit" name="decision" value="approve">Approve</button>
<button type="submit" name="decision" value="cancel">Cancel</button>
</form>
</div></main>`
  // Browsers hold the redirect that follows a form to this list too.
  return page('Allow access?', content, { formAction: `'self' ${origin}` })
}
