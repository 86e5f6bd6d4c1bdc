import { html } from 'hono/html'
import type { Reply } from '../request/reply.ts'
import { page } from './page.ts'

/** A page with one thing to say. */
export function messagePage(status: number, title: string, message: string): Promise<Reply> {
  const content = html`<main class="narrow"><div class="card"><h1>${title}</h1><p>${message}</p></div></main>`
  return page(title, content, { status })
}
