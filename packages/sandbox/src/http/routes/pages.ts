import type { RequestLog } from '../../log/request-log.ts'
import { logPage } from '../../pages/log-page.ts'
import { messagePage } from '../../pages/message-page.ts'
import { styleSheet } from '../../pages/style.ts'
import type { World } from '../../state/world.ts'
import { bodyFields } from '../body-fields.ts'
import { addRoute, type Router } from '../routing.ts'

/** The page at `/` with the log, and the page that a browser session URL leads to. */
export function addPageRoutes(router: Router, world: World, log: RequestLog): void {
  addRoute(router, ['GET'], '/', (exchange) => logPage(world, log, bodyFields(exchange).show === 'refused'))
  addRoute(router, ['GET'], '/_sandbox/style.css', styleSheet)
  addRoute(router, ['GET'], '/sso/resolver', (exchange) => {
    const id = String(bodyFields(exchange).SID ?? '')
    const session = world.browserSessions.use(id, world.clock.nowMs())
    return session === undefined
      ? messagePage(401, 'This link does not work', 'It opens once, within 60 seconds. Ask for another one.')
      : messagePage(200, 'Logged in', `The browser would now be logged in as ${session.username}.`)
  })
}
