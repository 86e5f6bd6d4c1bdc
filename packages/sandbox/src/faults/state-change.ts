import { invalidInput } from '../errors.ts'
import type { MarketScript } from '../market/market-script.ts'
import { isObject } from '../request/body.ts'
import type { Streams } from '../ws/streams.ts'
import type { Faults } from './faults.ts'
import { changesOfMarket } from './market-change.ts'
import { flag, type Make, mustBeTrue, type Reader, read, safeInteger, text } from './members.ts'
import { changesOfStreams } from './stream-change.ts'

/** What a change is made to. */
export interface Changeable {
  readonly faults: Faults
  readonly market: MarketScript
  readonly streams: Streams
}

/** What can be changed in the sandbox's memory. */
const changes: Readonly<Record<string, Reader<Changeable>>> = {
  expireLiveSessionTokens: (value, name) => {
    mustBeTrue(value, name)
    return ({ faults }) => faults.expireLiveSessionTokens()
  },
  liveSessionTokenLifetimeMs: (value, name) => {
    const ms = safeInteger(value, name)
    return ({ faults }) => faults.setLiveSessionTokenLifetime(ms)
  },
  clockOffsetMs: (value, name) => {
    const ms = safeInteger(value, name)
    return ({ faults }) => faults.setClockOffset(ms)
  },
  loseBrokerageSession: (value, name) => {
    const username = usernameOf(value, name)
    return ({ faults }) => faults.loseBrokerageSession(username)
  },
  compete: (value, name) => {
    const username = usernameOf(value, name)
    return ({ faults }) => faults.compete(username)
  },
  pardonPacing: (value, name) => {
    mustBeTrue(value, name)
    return ({ faults }) => faults.pardonPacing()
  },
  seed: (value, name) => {
    const seed = safeInteger(value, name)
    return ({ faults }) => faults.reseed(seed)
  },
  fillMarketable: (value, name) => {
    const isWanted = flag(value, name)
    return ({ market }) => market.fillMarketable(isWanted)
  },
  streams: (value) => {
    const make = changesOfStreams(value)
    return ({ streams }) => {
      for (const apply of make) apply(streams)
    }
  },
  market: (value) => {
    const make = changesOfMarket(value)
    return ({ market }) => {
      for (const apply of make) apply(market)
    }
  },
}

/**
 * Makes the changes that a JSON document asks for. A document that is not right changes nothing; a script that the
 * market cannot follow, such as a fill of an order that is not open, ends there.
 *
 * @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`.
 */
export function applyStateChange(changeable: Changeable, input: unknown): void {
  if (!isObject(input)) {
    throw invalidInput(`Send an object with one or more of ${Object.keys(changes).join(', ')}`)
  }
  const make: readonly Make<Changeable>[] = read(input, changes)
  for (const apply of make) apply(changeable)
}

/** `true` stands for every username. */
function usernameOf(value: unknown, name: string): string | undefined {
  if (value === true) return undefined
  return text(value, name, 'a username, or true for all')
}
