import { appendFileSync } from 'node:fs'
import process from 'node:process'

export async function load(url, context, nextLoad) {
  appendFileSync(process.env.LOADS, `${url}\n`)
  return nextLoad(url, context)
}
