import { isObject, isTrue, numberOf, textOf } from '../request/body.ts'

/** What an order says, before it is one. */
export interface OrderFields {
  /** IBKR's contract id. */
  readonly conid: number
  /** `EXER` is an option exercised, which no request for an order can say. */
  readonly side: 'BUY' | 'SELL' | 'EXER'
  /** `LMT`, `MKT`, `STP` and the like. */
  readonly orderType: string
  /** Shares or units. */
  readonly quantity: number
  /** Limit price, in the instrument's currency; of a stop order (`STP`) the stop. */
  readonly price: number | undefined
  /** Stop of a stop-limit order (`STOP_LIMIT`), in the instrument's currency. */
  readonly auxPrice: number | undefined
  /** `DAY`, `GTC` and the like. */
  readonly timeInForce: string
  /** The client's own id for the order (`cOID`, `CustomerOrderId`). */
  readonly customerOrderId: string | undefined
  /** The `cOID` of the order that this one is attached to (`parentId`): a child of a bracket. */
  readonly parentId: string | undefined
  /** Whether the orders of one request cancel each other (`isSingleGroup`). */
  readonly isSingleGroup: boolean
}

/** Reads an order of the current API (JSON) or the legacy one (form); a text says what is wrong with it. */
export function readOrderFields(input: unknown): OrderFields | string {
  if (!isObject(input)) return 'orders is not valid'
  const conid = numberOf(input.conid ?? input.ContractId)
  if (!Number.isSafeInteger(conid) || Number(conid) < 1) return 'conid is not valid'
  const side = shortText(input.side ?? input.Side)?.toUpperCase()
  if (side !== 'BUY' && side !== 'SELL') return 'side is not valid'
  const quantity = numberOf(input.quantity ?? input.Quantity)
  if (quantity === undefined || !(quantity > 0 && quantity < 1e12)) return 'quantity is not valid'
  const orderType = shortText(input.orderType ?? input.OrderType)
  if (orderType === undefined) return 'orderType is not valid'
  const price = priceOf(input.price ?? input.Price)
  if (Number.isNaN(price)) return 'price is not valid'
  const auxPrice = priceOf(input.auxPrice ?? input.AuxPrice)
  if (Number.isNaN(auxPrice)) return 'auxPrice is not valid'
  return {
    conid: Number(conid),
    side,
    orderType,
    quantity,
    price,
    auxPrice,
    timeInForce: shortText(input.tif ?? input.TimeInForce) ?? 'DAY',
    customerOrderId: shortText(input.cOID ?? input.CustomerOrderId),
    parentId: shortText(input.parentId),
    isSingleGroup: isTrue(input.isSingleGroup),
  }
}

/** Undefined where there is none, NaN where there is one that is no number. */
function priceOf(value: unknown): number | undefined {
  return (value ?? '') === '' ? undefined : (numberOf(value) ?? Number.NaN)
}

const longestText = 100

function shortText(value: unknown): string | undefined {
  const text = textOf(value)?.slice(0, longestText)
  return text === '' ? undefined : text
}
