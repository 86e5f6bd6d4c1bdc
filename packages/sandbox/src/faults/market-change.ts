import { invalidInput } from '../errors.ts'
import type { MarketScript } from '../market/market-script.ts'
import type { Availability } from '../market/quotes.ts'
import { type Fields, isObject } from '../request/body.ts'
import { type Make, mustBeTrue, optionalNumber, type Reader, read, safeInteger, text } from './members.ts'

/** What a script can do to the market over HTTP; each as the method of `sandbox.market` with that name does it. */
const changes: Readonly<Record<string, Reader<MarketScript>>> = {
  setPrice: (value, name) => {
    const { conid, price } = members(value, name)
    const id = safeInteger(conid, 'conid')
    const wanted = price === null ? undefined : optionalNumber(price, 'price')
    return (market) => market.setPrice(id, wanted)
  },
  setAvailability: (value, name) => {
    const { conid, availability } = members(value, name)
    const id = safeInteger(conid, 'conid')
    const wanted = text(availability, 'availability') as Availability
    return (market) => market.setAvailability(id, wanted)
  },
  fill: (value, name) => {
    const { orderId, quantity, price } = members(value, name)
    const id = safeInteger(orderId, 'orderId')
    const options = {
      quantity: optionalNumber(quantity, 'quantity'),
      price: optionalNumber(price, 'price'),
    }
    return (market) => {
      market.fill(id, options)
    }
  },
  reject: (value, name) => {
    const { orderId, reason } = members(value, name)
    const id = safeInteger(orderId, 'orderId')
    const why = text(reason, 'reason')
    return (market) => market.reject(id, why)
  },
  cancel: (value, name) => {
    const id = safeInteger(members(value, name).orderId, 'orderId')
    return (market) => market.cancel(id)
  },
  rejectNext: (value, name) => {
    const reason = value === null ? undefined : text(value, name)
    return (market) => market.rejectNext(reason)
  },
  askNext: (value, name) => {
    if (!Array.isArray(value)) throw invalidInput(`${name} must be a list of message ids`)
    return (market) => market.askNext(...value)
  },
  setPosition: (value, name) => {
    const { accountId, conid, quantity, averagePrice } = members(value, name)
    const account = text(accountId, 'accountId')
    const id = safeInteger(conid, 'conid')
    const held = optionalNumber(quantity, 'quantity') ?? 0
    const average = optionalNumber(averagePrice, 'averagePrice')
    return (market) => market.setPosition(account, id, held, average)
  },
  emptyBook: (value, name) => {
    mustBeTrue(value, name)
    return (market) => market.emptyBook()
  },
}

/** Reads a script for the market. @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`. */
export function changesOfMarket(input: unknown): readonly Make<MarketScript>[] {
  return read(members(input, 'market'), changes)
}

function members(value: unknown, name: string): Fields {
  if (!isObject(value)) throw invalidInput(`${name} must be an object`)
  return value
}
