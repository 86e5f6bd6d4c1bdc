import { toldText } from '../told-text.ts'
import type { Frame, StreamBrokerage } from './state.ts'

/** What a frame of the system says; `undefined` for every other frame. */
export type SystemFrame = 'success' | 'heartbeat' | 'waiting-for-session'

export function readSystem(frame: Frame): SystemFrame | undefined {
  if (frame.topic === undefined && frame.message === 'waiting for session') return 'waiting-for-session'
  if (frame.topic !== 'system') return undefined
  if (typeof frame.success === 'string') return 'success'
  return frame.hb === undefined ? undefined : 'heartbeat'
}

/** `sts` comes as deltas: what a frame does not say stays as it was. */
export function mergeBrokerage(known: StreamBrokerage, frame: Frame): StreamBrokerage {
  const args = typeof frame.args === 'object' && frame.args !== null ? (frame.args as Frame) : {}
  const flag = (name: 'authenticated' | 'connected' | 'established' | 'competing') =>
    typeof args[name] === 'boolean' ? args[name] : known[name]
  const text = (name: 'message' | 'fail') => {
    const told = args[name]
    return typeof told === 'string' ? toldText(told) || undefined : known[name]
  }
  return {
    authenticated: flag('authenticated'),
    connected: flag('connected'),
    established: flag('established'),
    competing: flag('competing'),
    message: text('message'),
    fail: text('fail'),
  }
}

/** Whether orders and market data flow. What was never told counts as there: IBKR need not tell. */
export function hasBrokerage({ authenticated, connected }: StreamBrokerage): boolean {
  return authenticated !== false && connected !== false
}
