import { invalidInput } from './error.ts'
import { parseIpAddress } from './ip-address.ts'
import { specialPurpose } from './special-purpose-address.ts'
import type { SsoJwtWarning } from './warning.ts'

/** Checks an address a session is to be bound to; warns of one that IBKR can never see. */
export function checkSessionAddress(value: unknown, field: string): readonly SsoJwtWarning[] {
  const address = typeof value === 'string' ? parseIpAddress(value) : undefined
  if (address === undefined) throw invalidInput(`${field} must be one IPv4 or IPv6 address ${hint(value)}`)
  const kind = specialPurpose(address)
  if (kind === undefined) return []
  const message = `${field} is a ${kind} address; IBKR binds the session to the public address that the user's requests come from, so this one matches none: behind NAT or a proxy, give the outer address`
  return [{ code: 'WARN_SSO_JWT_ADDRESS_NOT_PUBLIC', field, message }]
}

function hint(value: unknown): string {
  if (typeof value !== 'string') return 'as text'
  if (value.includes('/') || value.includes('*')) return '(it looks like a range)'
  if (value.includes('%')) return '(it has a zone id)'
  if (/\]|^[^:]+:\d+$/.test(value)) return '(it looks like one with a port)'
  return 'such as 203.0.113.7, without port, range or leading zeros'
}
