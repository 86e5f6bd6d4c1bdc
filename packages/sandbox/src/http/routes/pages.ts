import type { RequestLog } from '../../log/request-log.ts'
import { logPage } from '../../pages/log-page.ts'
import { messagePage } from '../../pages/message-page.ts'
import { styleSheet } from '../../pages/style.ts'
import { readFields, textOf } from '../../request/body.ts'
import type { SandboxState } from '../../state/sandbox-state.ts'
import type { Router } from '../router.ts'

/** The page at `/` with the log, and the page that a browser session URL leads to. */
export function addPageRoutes(router: Router, state: SandboxState, log: RequestLog): void {
  router.add(['GET'], '/', (record) => logPage(state, log, readFields(record)?.show === 'refused'))
  router.add(['GET'], '/_sandbox/style.css', styleSheet)
  router.add(['GET'], '/sso/resolver', (record) => {
    const id = textOf(readFields(record)?.SID) ?? ''
    const session = state.browserSessions.use(id, state.clock.nowMs())
    return session === undefined
      ? messagePage(401, 'This link does not work', 'It opens once, within 60 seconds. Ask for another one.')
      : messagePage(200, 'Logged in', `The browser would now be logged in as ${session.username}.`)
  })
}
