// Runs all cases and returns what a runtime reports: plain data, since it travels as JSON.
import { cases as diffieHellman } from './dh-live-session-token.mjs'
import { cases as signing } from './oauth1-signing.mjs'
import { cases as tokens } from './sso-jwt.mjs'

const suites = { 'oauth1-signing': signing, 'dh-live-session-token': diffieHellman, 'sso-jwt': tokens }

/** @returns for each package how many cases passed, which failed, and which of its primitives were loaded. */
export async function runSuite() {
  const report = {}
  for (const [name, cases] of Object.entries(suites)) {
    const failed = []
    for (const { name: title, run } of cases) {
      try {
        await run()
      } catch (error) {
        failed.push(`${title}: ${error.message}`)
      }
    }
    const primitives = globalThis.ibkrAuthPrimitives?.[name] ?? []
    report[name] = { passed: cases.length - failed.length, failed, primitives }
  }
  return report
}
