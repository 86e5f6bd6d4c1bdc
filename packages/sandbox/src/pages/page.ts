import { html, raw } from 'hono/html'
import type { Reply } from '../request/reply.ts'

/** Text that is HTML already: everything put into it was escaped. */
export type Markup = ReturnType<typeof html>

// As a text of its own: bundlers rewrite templates that hold this end tag, and then need a helper.
const script = raw('<script type="module" src="/_sandbox/page.js"></script>')

/** How a page is framed. */
export interface PageOptions {
  readonly status?: number | undefined
  /** Where its forms may go, as a Content-Security-Policy says it. */
  readonly formAction?: string | undefined
  /** Takes the sandbox's own script, which changes the page as requests come. */
  readonly isLive?: boolean | undefined
}

/** Frames the content of a page. Nothing from elsewhere, and no script but the sandbox's own. */
export async function page(title: string, content: Markup, options: PageOptions = {}): Promise<Reply> {
  const { status = 200, formAction = "'none'", isLive = false } = options
  const markup = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_sandbox/style.css">
${isLive ? script : ''}
</head>
<body>
${content}
</body>
</html>
`
  return { status, headers: pageHeaders(formAction, isLive), body: String(markup) }
}

function pageHeaders(formAction: string, isLive: boolean): Reply['headers'] {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
    ...(isLive ? ["script-src 'self'", "connect-src 'self'"] : []),
    'img-src data:',
    `form-action ${formAction}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ]
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy.join('; '),
    'cache-control': 'no-store',
    // Not no-referrer: a form would then say "Origin: null", which is what a page of another origin may say.
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
  }
}
