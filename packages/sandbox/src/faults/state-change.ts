import { invalidInput } from '../errors.ts'
import type { Faults } from './faults.ts'

/** Reads one member; what it returns makes the change. */
type Change = (value: unknown) => (faults: Faults) => void

/** What can be changed in the sandbox's memory. */
const changes: Readonly<Record<string, Change>> = {
  expireLiveSessionTokens: (value) => {
    if (value !== true) throw invalidInput('expireLiveSessionTokens must be true')
    return (faults) => faults.expireLiveSessionTokens()
  },
  liveSessionTokenLifetimeMs: (value) => {
    const ms = integer(value, 'liveSessionTokenLifetimeMs', 1)
    return (faults) => faults.setLiveSessionTokenLifetime(ms)
  },
  clockOffsetMs: (value) => {
    const ms = integer(value, 'clockOffsetMs', Number.MIN_SAFE_INTEGER)
    return (faults) => faults.setClockOffset(ms)
  },
  loseBrokerageSession: (value) => {
    const name = username(value, 'loseBrokerageSession')
    return (faults) => faults.loseBrokerageSession(name)
  },
  compete: (value) => {
    const name = username(value, 'compete')
    return (faults) => faults.compete(name)
  },
  seed: (value) => {
    const seed = integer(value, 'seed', Number.MIN_SAFE_INTEGER)
    return (faults) => faults.reseed(seed)
  },
}

/**
 * Makes the changes that a JSON document asks for: all of them, or none if one is not right.
 *
 * @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`.
 */
export function applyStateChange(faults: Faults, input: unknown): void {
  const names = Object.keys(changes).join(', ')
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalidInput(`Send an object with one or more of ${names}`)
  }
  const make = Object.entries(input).map(([name, value]) => {
    const change = Object.hasOwn(changes, name) ? changes[name] : undefined
    if (change === undefined) throw invalidInput(`${name.slice(0, 40)} is not one of ${names}`)
    return change(value)
  })
  for (const apply of make) apply(faults)
}

function integer(value: unknown, name: string, least: number): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) {
    throw invalidInput(`${name} must be an integer${least > 0 ? `, ${least} or more` : ''}`)
  }
  return value
}

/** `true` stands for every username. */
function username(value: unknown, name: string): string | undefined {
  if (value === true) return undefined
  if (typeof value !== 'string' || value === '')
    throw invalidInput(`${name} must be a username, or true for all`)
  return value
}
