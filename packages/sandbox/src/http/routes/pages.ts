import type { Faults } from '../../faults/faults.ts'
import type { RequestLog } from '../../log/request-log.ts'
import { LiveEvents } from '../../pages/live-events.ts'
import { logPage } from '../../pages/log-page.ts'
import { messagePage } from '../../pages/message-page.ts'
import { pageScript } from '../../pages/page-script.ts'
import { styleSheet } from '../../pages/style.ts'
import { readFields, textOf } from '../../request/body.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import type { Streams } from '../../ws/streams.ts'
import { crossOriginObjection } from '../door.ts'
import type { Router } from '../router.ts'

/** What the pages show. */
export interface PageParts {
  readonly state: SandboxState
  readonly log: RequestLog
  readonly faults: Faults
  readonly streams: Streams
}

/** The page at `/` with what brings it to life, and the page that a browser session URL leads to. */
export function addPageRoutes(router: Router, parts: PageParts): void {
  const { state, log } = parts
  const events = new LiveEvents(parts, log)
  router.add(['GET'], '/', (record) => logPage(parts, log, readFields(record)?.show === 'refused'))
  router.add(['GET'], '/_sandbox/style.css', styleSheet)
  router.add(['GET'], '/_sandbox/page.js', pageScript)
  router.add(['GET'], '/_sandbox/events', (record) => crossOriginObjection(record) ?? events.reply())
  router.add(['GET'], '/sso/resolver', (record) => {
    const id = textOf(readFields(record)?.SID) ?? ''
    const session = state.browserSessions.use(id, state.clock.nowMs())
    return session === undefined
      ? messagePage(401, 'This link does not work', 'It opens once, within 60 seconds. Ask for another one.')
      : messagePage(200, 'Logged in', `The browser would now be logged in as ${session.username}.`)
  })
}
