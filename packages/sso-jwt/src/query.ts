import { invalidInput } from './error.ts'
import { URLSearchParams } from './host.ts'

/** Query parameters, unencoded. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>

/** `?a=1&b=2`, or nothing. Parameters with the value `undefined` are left out. */
export function queryString(query: Query | undefined): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value === undefined) continue
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw invalidInput(`query parameter ${name} must be a string, number or boolean`)
    }
    params.append(name, String(value))
  }
  const text = params.toString()
  return text === '' ? '' : `?${text}`
}
