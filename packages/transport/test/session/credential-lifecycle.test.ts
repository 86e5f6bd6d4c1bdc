import { describe, expect, test } from 'vitest'
import type { TakenCredential } from '../../src/session/credential.ts'
import { credentialDueAtMs, newCredential, nextCredential } from '../../src/session/credential-lifecycle.ts'
import type {
  Credential,
  CredentialEffect,
  CredentialEvent,
  CredentialRules,
} from '../../src/session/credential-state.ts'
import { sessionTransitions } from '../../src/session/states.ts'
import { SeededRandom } from '../support/seeded-random.ts'

const lives = Number(process.env.CORE_LIVES ?? 5_000)
const rules: CredentialRules = {
  backoff: { baseMs: 1_000, maxMs: 300_000 },
  patience: 3,
  logins: { size: 5, refillMs: 180_000 },
  probes: 2,
}
const hourMs = 3_600_000

type Unstamped<Event> = Event extends unknown ? Omit<Event, 'atMs' | 'chance'> : never

/** A credential's life without clocks or sockets: events go in, what follows is noted. */
class Life {
  state: Credential = newCredential(rules, 0)
  atMs = 0
  readonly effects: CredentialEffect[] = []
  readonly moves: string[] = []
  readonly logins: number[] = []
  readonly released: TakenCredential[] = []
  flights = 0
  #issued = 0

  take(event: Unstamped<CredentialEvent>, chance = 0.5): void {
    const from = this.state.name
    const step = nextCredential(this.state, { ...event, atMs: this.atMs, chance } as CredentialEvent, rules)
    this.state = step.state
    const to: string | undefined =
      step.trigger && sessionTransitions[from][step.trigger as keyof (typeof sessionTransitions)[typeof from]]
    if (step.trigger === undefined) expect(step.state.name).toBe(from)
    else expect([from, step.trigger, to]).toEqual([from, step.trigger, step.state.name])
    if (step.trigger !== undefined) this.moves.push(`${from} ${step.trigger}`)
    for (const effect of step.effects) this.#note(effect)
    this.effects.push(...step.effects)
  }

  #note(effect: CredentialEffect): void {
    if (effect.do === 'establish') {
      this.flights += 1
      this.logins.push(this.atMs)
    }
    if (effect.do === 'cancel') this.flights = 0
    if (effect.do === 'release') this.released.push(effect.credential)
  }

  establish(lifeMs = 24 * hourMs, adopted = false): TakenCredential {
    this.flights -= 1
    this.#issued += 1
    const credential = {
      authorize: () => ({}),
      expiresAtMs: this.atMs + lifeMs,
      adopted,
    } as unknown as TakenCredential
    this.take({
      type: 'established',
      credential,
      renewAtMs: this.atMs + lifeMs * 0.9,
      expiresAtMs: this.atMs + lifeMs,
    })
    return credential
  }

  fail(permanent: 'no' | 'by-default' | 'by-caller' = 'no', wrongTime = false, retryAfterMs = 0): void {
    this.flights -= 1
    this.take({ type: 'establish-failed', error: new Error('no'), permanent, wrongTime, retryAfterMs })
  }

  get number(): number {
    return this.state.ledger.established
  }

  /** Both paths that are asked refuse. */
  refuseAll(): void {
    this.take({ type: 'refused', number: this.number, sequence: 1e9, path: `/p${this.atMs}`, gone: false })
    this.take({ type: 'answered', number: this.number, answer: 'refused', gone: false, retryAfterMs: 0 })
    this.atMs += 1_000
    this.take({ type: 'due' })
    this.take({ type: 'answered', number: this.number, answer: 'refused', gone: false, retryAfterMs: 0 })
  }
}

function active(): Life {
  const life = new Life()
  life.take({ type: 'wanted' })
  life.establish()
  return life
}

describe('a refusal', () => {
  const refused = { type: 'refused', number: 1, sequence: 5, path: '/portfolio/x', gone: false } as const

  test('is a question, asked once for any number of them', () => {
    const life = active()
    for (const path of ['/a', '/b', '/c']) life.take({ ...refused, path })
    expect(life.effects.filter((one) => one.do === 'ask')).toHaveLength(1)
    expect(life.state.name).toBe('questioned')
  })

  test('is none if a later request was accepted', () => {
    const life = active()
    life.take({ type: 'accepted', number: 1, sequence: 6 })
    life.take(refused)
    expect(life.state.name).toBe('active')
  })

  test('that an earlier request contradicts is one', () => {
    const life = active()
    life.take({ type: 'accepted', number: 1, sequence: 4 })
    life.take(refused)
    expect(life.state.name).toBe('questioned')
  })

  test('of a path that was asked about less than a minute ago costs nothing, and a minute later one question', () => {
    const life = active()
    life.take(refused)
    life.take({ type: 'answered', number: 1, answer: 'accepted', gone: false, retryAfterMs: 0 })
    life.atMs += 59_000
    life.take({ ...refused, sequence: 7 })
    expect(life.state.name).toBe('active')
    life.atMs += 1_000
    life.take({ ...refused, sequence: 8 })
    expect(life.state.name).toBe('questioned')
  })

  test('on one of the two paths that are asked replaces nothing', () => {
    const life = active()
    life.take(refused)
    life.take({ type: 'answered', number: 1, answer: 'refused', gone: true, retryAfterMs: 0 })
    life.atMs += 1_000
    life.take({ type: 'due' })
    life.take({ type: 'answered', number: 1, answer: 'accepted', gone: false, retryAfterMs: 0 })
    expect(life.state.name).toBe('active')
    expect(life.released).toEqual([])
  })

  test('is asked again, later each time, while answers say nothing; whoever waits is told at the first', () => {
    const life = active()
    life.take(refused)
    life.effects.length = 0
    const waits: number[] = []
    for (let time = 0; time < 9; time += 1) {
      life.take({ type: 'answered', number: 1, answer: 'unclear', gone: false, retryAfterMs: 0 })
      const dueAtMs = credentialDueAtMs(life.state) ?? 0
      waits.push(dueAtMs - life.atMs)
      life.atMs = dueAtMs
      life.take({ type: 'due' })
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
    expect(life.effects.find((one) => one.do === 'settle')).toEqual({ do: 'settle', verdict: 'unclear' })
    expect(life.released).toEqual([])
  })

  test('on both replaces it, and 410 forgets the cookies', () => {
    const life = active()
    life.take({ ...refused, gone: true })
    life.refuseAll()
    expect(life.moves.at(-1)).toBe('questioned unaccepted')
    expect(life.effects.map((one) => one.do)).toContain('forget-cookies')
  })

  test('is believed at once where nothing can be asked', () => {
    const { state } = active()
    const step = nextCredential(state, { ...refused, atMs: 1, chance: 0 }, { ...rules, probes: 0 })
    expect(step.state.name).toBe('establishing')
  })

  test('of a fresh credential again ends a session that never worked', () => {
    const life = active()
    life.refuseAll()
    life.establish()
    life.refuseAll()
    expect(life.state.name).toBe('failed')
  })

  test('of a fresh credential again lets one that has worked wait, and come back', () => {
    const life = active()
    life.take({ type: 'accepted', number: 1, sequence: 1 })
    life.refuseAll()
    life.establish()
    life.refuseAll()
    expect(life.state).toMatchObject({ name: 'waiting', wait: { why: 'failure' } })
    life.atMs = credentialDueAtMs(life.state) ?? 0
    life.take({ type: 'due' })
    expect(life.state.name).toBe('establishing')
  })
})

describe('the login budget', () => {
  test('is not spent by what another process has obtained', () => {
    const life = active()
    for (let renewal = 0; renewal < 50; renewal += 1) {
      life.atMs += 16_000
      life.take({ type: 'renew' })
      expect(life.state.name).toBe('renewing')
      life.establish(20_000, true)
    }
  })

  test('is five, one more every three minutes, whatever the reason; one is kept for a scheduled renewal', () => {
    const life = active()
    life.take({ type: 'accepted', number: 1, sequence: 1 })
    for (let renewals = 0; renewals < 3; renewals += 1) {
      life.take({ type: 'renew' })
      life.establish(hourMs)
    }
    life.take({ type: 'renew' })
    expect(life.state.name).toBe('active')
    expect(life.effects.at(-1)?.do).toBe('refuse-renewal')
    life.atMs += 1
    life.take({ type: 'corrected', renewAtMs: life.atMs, expiresAtMs: life.atMs + 1e6 })
    life.take({ type: 'due' })
    expect(life.moves.at(-1)).toBe('active renewal-due')
    expect(life.logins).toHaveLength(5)
  })

  test('that is spent makes a session wait, and say so, and come back', () => {
    const life = active()
    for (let times = 0; times < 4; times += 1) {
      life.take({ type: 'accepted', number: life.number, sequence: 1 })
      life.refuseAll()
      if (life.state.name === 'establishing') life.establish()
    }
    expect(life.state).toMatchObject({ name: 'waiting', wait: { why: 'login-budget' } })
    for (let times = 0; times < 20; times += 1) {
      life.atMs = credentialDueAtMs(life.state) ?? life.atMs
      life.take({ type: 'due' })
      if (life.state.name === 'establishing') life.fail()
    }
    expectWithinBudget(life.logins)
  })

  test('puts off a renewal that it does not allow, and never beyond what it takes', () => {
    const life = active()
    for (let times = 0; times < 3; times += 1) {
      life.take({ type: 'renew' })
      life.establish(100_000)
    }
    for (let times = 0; times < 40; times += 1) {
      const dueAtMs = credentialDueAtMs(life.state)
      life.atMs = Math.max(life.atMs, dueAtMs ?? life.atMs)
      life.take({ type: 'due' })
      if (life.flights > 0) life.establish(100_000)
    }
    expectWithinBudget(life.logins)
  })
})

describe('a failed login', () => {
  test.each([
    ['by default, before IBKR has accepted one', false, 'by-default', 'failed'],
    ['by default, after that', true, 'by-default', 'waiting'],
    ['at the word of the caller, even then', true, 'by-caller', 'failed'],
    ['for a while', false, 'no', 'waiting'],
  ] as const)('%s', (_, proven, permanent, ends) => {
    const life = active()
    if (proven) life.take({ type: 'accepted', number: 1, sequence: 1 })
    life.atMs += 25 * hourMs
    life.take({ type: 'due' })
    life.fail(permanent)
    expect(life.state.name).toBe(ends)
  })

  test('that was signed with a wrong time is tried twice more, since two replies have to agree', () => {
    const life = new Life()
    life.take({ type: 'wanted' })
    for (const ends of ['waiting', 'waiting', 'failed']) {
      life.fail('by-default', true)
      expect(life.state.name).toBe(ends)
      life.atMs = credentialDueAtMs(life.state) ?? life.atMs
      life.take({ type: 'due' })
    }
  })

  test('waits as long as the server asks', () => {
    const life = new Life()
    life.take({ type: 'wanted' })
    life.fail('no', false, 700_000)
    expect(credentialDueAtMs(life.state)).toBe(700_000)
  })
})

test('a machine that has slept asks whether its credential is still good', () => {
  const life = active()
  life.take({ type: 'suspended', sequence: 3 })
  expect(life.state.name).toBe('questioned')
  life.take({ type: 'accepted', number: 1, sequence: 4 })
  expect(life.state.name).toBe('active')
})

test('a pardon ends the pause of a question that IBKR was too busy to answer', () => {
  const life = active()
  life.take({ type: 'refused', number: 1, sequence: 1, path: '/tickle', gone: false })
  life.take({ type: 'answered', number: 1, answer: 'unclear', gone: false, retryAfterMs: 600_000 })
  expect(credentialDueAtMs(life.state)).toBe(life.atMs + 600_000)
  const asked = life.effects.filter((effect) => effect.do === 'ask').length
  life.take({ type: 'pardoned' })
  expect(life.effects.filter((effect) => effect.do === 'ask')).toHaveLength(asked + 1)
  life.take({ type: 'pardoned' })
  expect(life.effects.filter((effect) => effect.do === 'ask')).toHaveLength(asked + 1)
})

test(`${lives} lives of any events in any order keep to the table, the budget and one flight, and release each credential once`, () => {
  for (let seed = 1; seed <= lives; seed += 1) {
    const random = new SeededRandom(seed).next
    const life = new Life()
    const obtained: TakenCredential[] = []
    for (let step = 0; step < 60; step += 1) live(life, random, obtained)
    life.take({ type: 'close' })
    life.take({ type: 'closed' })
    expect(life.state.name).toBe('closed')
    expect(life.released.length, `seed ${seed}`).toBe(obtained.length)
    expect(new Set(life.released).size).toBe(obtained.length)
    expectWithinBudget(life.logins)
  }
})

function live(life: Life, random: () => number, obtained: TakenCredential[]): void {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
  const about = { number: life.number - (random() < 0.1 ? 1 : 0), sequence: Math.floor(random() * 100) }
  const actions: readonly (() => void)[] = [
    () => life.take({ type: 'wanted' }),
    () => life.take({ type: 'renew' }),
    () => life.take({ type: 'due' }),
    () => {
      life.atMs = Math.max(life.atMs, credentialDueAtMs(life.state) ?? life.atMs)
      life.take({ type: 'due' })
    },
    () => life.flights > 0 && obtained.push(life.establish(pick([20, 10_000, hourMs, 24 * hourMs]))),
    () =>
      life.flights > 0 &&
      life.fail(pick(['no', 'no', 'by-default', 'by-caller']), random() < 0.2, pick([0, 0, 900_000])),
    () => life.take({ type: 'refused', ...about, path: pick(['/a', '/b', '/c']), gone: random() < 0.3 }),
    () => life.take({ type: 'accepted', ...about }),
    () =>
      life.take({
        type: 'answered',
        number: about.number,
        answer: pick(['accepted', 'refused', 'refused', 'unclear']),
        gone: random() < 0.2,
        retryAfterMs: pick([0, 0, 60_000]),
      }),
    () => life.take({ type: 'suspended', sequence: about.sequence }),
    () => life.take({ type: 'pardoned' }),
    () => life.take({ type: 'corrected', renewAtMs: life.atMs + 1_000, expiresAtMs: life.atMs + 5_000 }),
    () => {
      life.atMs += pick([1, 1_000, 60_000, hourMs])
    },
  ]
  pick(actions)()
  expect(life.flights).toBeLessThanOrEqual(1)
}

function expectWithinBudget(logins: readonly number[]): void {
  for (const [index, atMs] of logins.entries()) {
    const later = logins[index + 5]
    if (later !== undefined) expect(later - atMs).toBeGreaterThanOrEqual(180_000 - 1)
  }
}
