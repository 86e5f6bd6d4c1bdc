import { describe, expect, test } from 'vitest'
import { brokerageDueAtMs, newBrokerage, nextBrokerage } from '../../src/session/brokerage-lifecycle.ts'
import type { BrokerageReport } from '../../src/session/brokerage-report.ts'
import type {
  Brokerage,
  BrokerageAnswer,
  BrokerageEffect,
  BrokerageEvent,
  BrokerageRules,
} from '../../src/session/brokerage-state.ts'
import { brokerageTransitions } from '../../src/session/states.ts'
import { SeededRandom } from '../support/seeded-random.ts'

const lives = Number(process.env.CORE_LIVES ?? 5_000)
const own: BrokerageRules = {
  takeOver: 'own',
  settleMs: 3_000,
  accountsPauseMs: 1_000,
  accountsAttempts: 5,
  keepAliveMs: 60_000,
  backoff: { baseMs: 1_000, maxMs: 300_000 },
  patience: 3,
}
const healthy: BrokerageReport = { authenticated: true, connected: true, competing: false, established: true }
const taken: BrokerageReport = { authenticated: false, connected: true, competing: true }
const gone: BrokerageReport = { authenticated: false, connected: false, competing: false }
const startMs = Date.UTC(2026, 0, 7)

type Unstamped<Event> = Event extends unknown ? Omit<Event, 'at' | 'chance'> : never

/** A brokerage session's life without clocks or sockets. */
class Life {
  state: Brokerage = newBrokerage(0)
  atMs = 0
  wallMs = startMs
  readonly rules: BrokerageRules
  readonly effects: BrokerageEffect[] = []
  readonly competes: number[] = []

  constructor(rules: Partial<BrokerageRules> = {}) {
    this.rules = { ...own, ...rules }
  }

  take(event: Unstamped<BrokerageEvent>): void {
    const at = { monotonicMs: this.atMs, wallMs: this.wallMs }
    const from = this.state.name
    const step = nextBrokerage(this.state, { ...event, at, chance: 0.5 } as BrokerageEvent, this.rules)
    this.state = step.state
    const table: Record<string, string> = brokerageTransitions[from]
    if (step.state.name !== from)
      expect(table[step.trigger ?? ''], `${from} ${step.trigger}`).toBe(step.state.name)
    for (const effect of step.effects)
      if (effect.do === 'init' && effect.compete) this.competes.push(this.atMs)
    this.effects.push(...step.effects)
  }

  pass(ms: number): void {
    this.atMs += ms
    this.wallMs += ms
  }

  answer(answer: BrokerageAnswer, credential: number = this.state.standing.credential): void {
    this.take({ type: 'answered', call: this.state.standing.calls, credential, answer })
  }

  says(report: BrokerageReport, credential?: number): void {
    this.answer({ kind: 'status', report }, credential)
  }

  due(): void {
    const dueAtMs = brokerageDueAtMs(this.state)
    if (dueAtMs !== undefined) this.pass(Math.max(0, dueAtMs - this.atMs))
    this.take({ type: 'due' })
  }

  /** From `initializing` to `open`. */
  open(): void {
    this.says(healthy)
    this.due()
    this.answer({ kind: 'accounts', any: true, error: undefined })
    this.says(healthy)
    expect(this.state.name).toBe('open')
  }

  renew(number: number): void {
    this.take({ type: 'credential', number, proof: undefined, leads: false })
  }
}

function opened(rules: Partial<BrokerageRules> = {}): Life {
  const life = new Life(rules)
  life.renew(1)
  life.take({ type: 'wanted' })
  life.open()
  return life
}

/** Another credential finds a session in its way, so long after the last status. */
function replaced(life: Life, afterMs: number): void {
  life.pass(afterMs)
  life.renew(2)
  life.says(taken)
}

describe('its own brokerage session', () => {
  test('is taken over on a status of at most two minutes ago', () => {
    const life = opened()
    replaced(life, 120_000)
    expect(life.competes).toHaveLength(1)
    life.open()
  })

  test.each([
    ['older than that by the monotonic clock', (life: Life) => replaced(life, 120_001)],
    [
      'older than that by the wall clock',
      (life: Life) => {
        life.wallMs += 121_000
        replaced(life, 0)
      },
    ],
    [
      'contradicted by a competing status since',
      (life: Life) => {
        life.take({ type: 'heard', credential: 1, report: taken, asked: false })
        replaced(life, 1_000)
      },
    ],
    [
      'contradicted by a status without authentication since',
      (life: Life) => {
        life.take({ type: 'heard', credential: 1, report: gone, asked: false })
        replaced(life, 1_000)
      },
    ],
    [
      'from before the machine slept',
      (life: Life) => {
        life.take({ type: 'suspended' })
        replaced(life, 1_000)
      },
    ],
  ])('is not on a proof that is %s', (_, happen) => {
    const life = opened()
    happen(life)
    expect(life.competes).toEqual([])
    expect(life.state.name).toBe('competing')
  })

  test('is not under the credential that has the proof: then it is somebody else’s', () => {
    const life = opened()
    life.take({ type: 'heard', credential: 1, report: taken, asked: false })
    expect(life.state.name).toBe('competing')
    expect(life.competes).toEqual([])
  })

  test('is once in ten minutes on what was only remembered, and always if the old credential was asked', () => {
    const life = opened()
    replaced(life, 1_000)
    life.open()
    life.renew(3)
    life.says(taken)
    expect(life.state.name).toBe('competing')
    const asked = opened()
    for (let number = 2; number < 6; number += 1) {
      asked.take({ type: 'heard', credential: number - 1, report: healthy, asked: true })
      asked.renew(number)
      asked.says(taken)
      asked.open()
    }
    expect(asked.competes).toHaveLength(4)
  })

  test('is on a proof that another process has handed over', () => {
    const life = new Life()
    const seen = { monotonicMs: -30_000, wallMs: startMs - 30_000 }
    life.take({ type: 'credential', number: 1, proof: { credential: 0, seen, asked: false }, leads: false })
    life.take({ type: 'wanted' })
    life.says(taken)
    expect(life.competes).toHaveLength(1)
  })

  test("never is with takeOver: 'never'", () => {
    const life = opened({ takeOver: 'never' })
    replaced(life, 1_000)
    expect(life.competes).toEqual([])
  })

  test('is told apart in an answer that a credential before has got', () => {
    const life = new Life()
    life.renew(1)
    life.take({ type: 'wanted' })
    life.renew(2)
    life.says(healthy, 1)
    life.due()
    life.answer({ kind: 'accounts', any: true, error: undefined }, 1)
    life.says(taken, 2)
    expect(life.competes).toHaveLength(1)
  })
})

describe('a part that fails', () => {
  const refused = (refusal: 'gone' | 'unauthenticated' | 'no-dh-token'): BrokerageAnswer => ({
    kind: 'failed',
    refusal,
    error: new Error(refusal),
    retryAfterMs: 0,
  })

  test.each(['gone', 'unauthenticated'] as const)(
    'init that is refused as %s ends the attempt',
    (refusal) => {
      const life = new Life()
      life.take({ type: 'wanted' })
      life.answer(refused(refusal))
      expect(life.state.name).toBe('waiting')
    },
  )

  test('a missing DH token is asked for twice more, three seconds apart, without competing', () => {
    const life = new Life()
    life.take({ type: 'open', takeOver: true })
    for (let time = 0; time < 2; time += 1) {
      life.answer(refused('no-dh-token'))
      expect((brokerageDueAtMs(life.state) ?? 0) - life.atMs).toBe(3_000)
      life.due()
    }
    life.answer(refused('no-dh-token'))
    expect(life.state.name).toBe('waiting')
    expect(life.competes).toHaveLength(1)
  })

  test('`no bridge` leads to init, five times at once and then every half minute; else to a look', () => {
    const life = opened()
    for (let time = 0; time < 5; time += 1) {
      life.take({ type: 'missed', what: 'bridge' })
      expect(life.state.name).toBe('initializing')
      life.open()
    }
    life.take({ type: 'missed', what: 'bridge' })
    expect(life.state.name).toBe('checking')
    life.says(healthy)
    life.pass(30_000)
    life.take({ type: 'missed', what: 'bridge' })
    expect(life.state.name).toBe('initializing')
  })

  test('`established: false` is not open, and leads to the accounts', () => {
    const life = opened()
    life.renew(2)
    life.says({ ...healthy, established: false })
    expect(life.state.name).toBe('loading-accounts')
  })

  test('whoever follows neither opens nor tickles, and leads when it is told to', () => {
    const life = opened()
    life.take({ type: 'led', leads: false, proof: undefined, report: healthy })
    life.effects.length = 0
    life.take({ type: 'wanted' })
    life.pass(600_000)
    life.take({ type: 'due' })
    life.take({ type: 'missed', what: 'bridge' })
    expect(life.effects).toEqual([])
    life.take({ type: 'led', leads: true, proof: undefined, report: undefined })
    expect(life.state.name).toBe('checking')
  })
})

test(`${lives} lives of any events in any order keep to the table, wait for one answer, and throw nobody out twice in ten minutes`, () => {
  for (let seed = 1; seed <= lives; seed += 1) {
    const random = new SeededRandom(seed).next
    const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item
    const life = new Life({ takeOver: pick(['own', 'never', 'always']) })
    for (let step = 0; step < 60; step += 1) live(life, random, pick)
    if (life.rules.takeOver === 'never') expect(life.competes).toEqual([])
    for (const [index, atMs] of life.competes.entries()) {
      const next = life.competes[index + 1]
      if (next !== undefined) expect(next - atMs, `seed ${seed}`).toBeGreaterThanOrEqual(600_000)
    }
  }
})

function live(life: Life, random: () => number, pick: <Item>(items: readonly Item[]) => Item): void {
  const report = pick([healthy, healthy, taken, gone, { ...healthy, established: false }])
  const { credential, calls } = life.state.standing
  const before = Math.max(0, credential - (random() < 0.2 ? 1 : 0))
  const actions: readonly (() => void)[] = [
    () => life.take({ type: 'wanted' }),
    () => life.due(),
    () => life.take({ type: 'due' }),
    () => life.says(report, before),
    () => life.says(report, before),
    () => life.answer({ kind: 'accounts', any: random() < 0.7, error: new Error('none') }, before),
    () =>
      life.answer({
        kind: 'failed',
        refusal: pick([undefined, 'gone', 'no-dh-token']),
        error: new Error('no'),
        retryAfterMs: 0,
      }),
    () => life.take({ type: 'answered', call: calls - 1, credential, answer: { kind: 'status', report } }),
    () => life.take({ type: 'heard', credential: before, report: pick([report, undefined]), asked: false }),
    () => life.take({ type: 'missed', what: pick(['bridge', 'accounts', 'authentication']) }),
    () => life.renew(credential + 1),
    () => life.take({ type: 'suspended' }),
    () => life.take({ type: 'pardoned' }),
    () => life.take({ type: 'led', leads: random() < 0.7, proof: undefined, report }),
    () => life.take({ type: 'abandoned' }),
    () => life.pass(pick([100, 5_000, 70_000, 700_000])),
    () => {
      life.wallMs += pick([-3_600_000, 3_600_000, 5_000])
    },
  ]
  pick(actions)()
}
