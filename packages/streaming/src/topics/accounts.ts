import type { Frame } from '../connection/state.ts'
import { checkGroup, invalidInput } from '../errors.ts'
import { isRow, type Row } from './rows.ts'
import { joinableTopic, plainTopic, standing, type Topic, word } from './topic.ts'

/** Values by key; what a frame does not hold stays as it was. */
export type AccountValues = Readonly<Record<string, Row>>

/** Keys that are kept, and members of each. No account has as many: a server that invents more starts anew. */
const mostKeys = 10_000
const mostMembers = 100

function merged<Values extends Row>(previous: Values | undefined, changed: Values, most: number): Values {
  const both = { ...previous, ...changed }
  return Object.keys(both).length > most ? changed : both
}

/** Profit and loss of all accounts (`spl`), by account (`U1.Core`); conflated. Needs no brokerage session. */
export function profitAndLoss(): Topic<AccountValues> {
  return plainTopic<AccountValues>('spl+{}', {
    frameTopic: 'spl',
    needsBrokerage: false,
    delivery: 'newest',
    open: standing(mergeArgs),
  })
}

function mergeArgs({ args }: Frame, previous: AccountValues | undefined): AccountValues | undefined {
  if (!isRow(args)) return undefined
  return merged(previous, Object.fromEntries(Object.entries(args).filter(isRowEntry)), mostKeys)
}

function isRowEntry(entry: [string, unknown]): entry is [string, Row] {
  return isRow(entry[1])
}

function mergeResult({ result }: Frame, previous: AccountValues | undefined): AccountValues | undefined {
  if (!Array.isArray(result)) return undefined
  const rows = result.filter(isRow).filter(({ key }) => typeof key === 'string')
  const before = (key: string) =>
    previous !== undefined && Object.hasOwn(previous, key) ? previous[key] : undefined
  return merged(
    previous,
    Object.fromEntries(rows.map((row) => [row.key, merged(before(row.key as string), row, mostMembers)])),
    mostKeys,
  )
}

/** Which values of an account; IBKR's names. Default: all. */
export interface AccountTopicOptions {
  readonly keys?: readonly string[] | undefined
  readonly fields?: readonly string[] | undefined
}

/**
 * Summary of an account (`ssd`): margins, balances; conflated. Needs no brokerage session.
 *
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 */
export function accountSummary(accountId: string, options: AccountTopicOptions = {}): Topic<AccountValues> {
  return accountTopic('sd', accountId, options)
}

/**
 * Ledger of an account by currency (`sld`), every ten seconds; conflated. Needs no brokerage session.
 *
 * @throws {StreamError} `ERR_STREAM_INVALID_INPUT`
 */
export function ledger(accountId: string, options: AccountTopicOptions = {}): Topic<AccountValues> {
  return accountTopic('ld', accountId, options)
}

function checkNames(names: readonly string[] | undefined, name: string): readonly string[] | undefined {
  if (names === undefined) return undefined
  if (Array.isArray(names) && names.every((one) => typeof one === 'string' && one !== '')) return [...names]
  throw invalidInput(`${name} must be a list of IBKR's names.`)
}

function accountTopic(
  kind: 'sd' | 'ld',
  accountId: string,
  options: AccountTopicOptions,
): Topic<AccountValues> {
  const account = word(accountId, 'accountId')
  const { keys, fields } = checkGroup(options, 'options')
  return joinableTopic<AccountValues>(
    `s${kind}+${account}`,
    { keys: checkNames(keys, 'keys'), fields: checkNames(fields, 'fields') },
    {
      unsubscribe: () => `u${kind}+${account}+{}`,
      needsBrokerage: false,
      delivery: 'newest',
      open: standing(mergeResult),
    },
  )
}
