import type { StartFeed } from '../feed.ts'
import { accountSummary, ledger, profitAndLoss } from './accounts.ts'
import { depth, history } from './charts.ts'
import { exercise } from './exercise.ts'
import { marketData } from './market-data.ts'
import { orders, trades } from './orders.ts'

/** A topic that can be subscribed to. */
export interface Topic {
  readonly start: StartFeed
  /** Whether it wants a brokerage session (IBKR: all but `system`, `spl`, `ssd` and `sld`). */
  readonly needsBrokerage: boolean
  /** Most at once on a connection; undefined: IBKR names no number. */
  readonly most?: number | undefined
}

/** What begins a subscription. */
export const topics: Readonly<Record<string, Topic>> = {
  smd: { start: marketData, needsBrokerage: true },
  smh: { start: history, needsBrokerage: true, most: 5 },
  sbd: { start: depth, needsBrokerage: true },
  sor: { start: orders, needsBrokerage: true },
  str: { start: trades, needsBrokerage: true },
  shs: { start: exercise, needsBrokerage: true },
  spl: { start: profitAndLoss, needsBrokerage: false },
  ssd: { start: accountSummary, needsBrokerage: false },
  sld: { start: ledger, needsBrokerage: false },
}

/** A message that ends a subscription. */
export interface Ending {
  /** The topic that it ends; behind it, in the key, stands what stands behind the message. */
  readonly topic: string
  /** What IBKR answers; to most it answers nothing. */
  readonly answer?: ((target: string) => object) | undefined
}

/** What ends a subscription. */
export const endings: Readonly<Record<string, Ending>> = {
  umd: { topic: 'smd' },
  umh: { topic: 'smh', answer: (target) => ({ message: `Unsubscribed ${target}` }) },
  ubd: { topic: 'sbd' },
  uor: { topic: 'sor' },
  utr: { topic: 'str' },
  upl: { topic: 'spl' },
  usd: { topic: 'ssd', answer: () => ({ result: 'unsubscribed from summary' }) },
  uld: { topic: 'sld', answer: () => ({ result: 'unsubscribed from ledger' }) },
}
