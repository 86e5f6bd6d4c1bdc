import type { Router } from '../http/router.ts'
import { currentBases } from '../request/paths.ts'
import type { RequestRecord } from '../request/record.ts'
import type { Reply } from '../request/reply.ts'
import type { SandboxState } from '../state/sandbox-state.ts'
import { refuseApi, refused } from '../verify/refused.ts'
import { streamCaller } from './caller.ts'
import type { Streams } from './streams.ts'

/** The WebSocket of the Web API (IBKR Web API documentation, "WebSocket"). */
export function addStreamRoute(router: Router, state: SandboxState, streams: Streams): void {
  for (const base of currentBases) {
    router.add(['GET'], `${base}/ws`, (record) => upgrade(record, state, streams))
  }
}

function upgrade(record: RequestRecord, state: SandboxState, streams: Streams): Reply {
  if (record.headers.get('upgrade')?.toLowerCase() !== 'websocket') {
    return refuseApi(record, refused(426, 'Upgrade Required', 'upgrade-missing'))
  }
  const caller = streamCaller(record, state)
  if ('ok' in caller) return refuseApi(record, caller)
  record.verdict = 'accepted'
  return { status: 101, headers: {}, body: '', upgrade: (socket) => streams.accept(socket, caller) }
}
