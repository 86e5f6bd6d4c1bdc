/** What an order says, before it is one. */
export interface OrderFields {
  readonly conid: number
  readonly side: 'BUY' | 'SELL'
  readonly orderType: string
  readonly quantity: number
  readonly price: number | undefined
  readonly timeInForce: string
  readonly customerOrderId: string | undefined
}

/** Reads an order of the current API (JSON) or the legacy one (form); a text says what is wrong with it. */
export function readOrderFields(input: unknown): OrderFields | string {
  if (typeof input !== 'object' || input === null) return 'orders is not valid'
  const fields = input as Readonly<Record<string, unknown>>
  const conid = Number(fields.conid ?? fields.ContractId)
  if (!Number.isSafeInteger(conid) || conid < 1) return 'conid is not valid'
  const side = textOf(fields.side ?? fields.Side)?.toUpperCase()
  if (side !== 'BUY' && side !== 'SELL') return 'side is not valid'
  const quantity = Number(fields.quantity ?? fields.Quantity)
  if (!(quantity > 0 && quantity < 1e12)) return 'quantity is not valid'
  const orderType = textOf(fields.orderType ?? fields.OrderType)
  if (orderType === undefined) return 'orderType is not valid'
  const rawPrice = fields.price ?? fields.Price
  const price = rawPrice === undefined ? undefined : Number(rawPrice)
  if (price !== undefined && !Number.isFinite(price)) return 'price is not valid'
  return {
    conid,
    side,
    orderType,
    quantity,
    price,
    timeInForce: textOf(fields.tif ?? fields.TimeInForce) ?? 'DAY',
    customerOrderId: textOf(fields.cOID ?? fields.CustomerOrderId),
  }
}

const longestText = 100

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, longestText) : undefined
}
