import { html } from 'hono/html'
import type { Reply } from '../request/reply.ts'

/** Text that is HTML already: everything put into it was escaped. */
export type Markup = ReturnType<typeof html>

/** Frames the content of a page. No script, nothing from elsewhere. */
export async function page(
  title: string,
  content: Markup,
  options: { readonly status?: number | undefined; readonly formAction?: string | undefined } = {},
): Promise<Reply> {
  const { status = 200, formAction = "'none'" } = options
  const markup = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/_sandbox/style.css">
</head>
<body>
${content}
</body>
</html>
`
  return { status, headers: pageHeaders(formAction), body: String(markup) }
}

function pageHeaders(formAction: string): Reply['headers'] {
  const policy = [
    "default-src 'none'",
    "style-src 'self'",
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
