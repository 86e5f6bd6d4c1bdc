import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { brokerageTransitions, sessionTransitions, type TransitionTable } from '../../src/session/states.ts'

type Table = TransitionTable<string, string>

function reachable(table: Table, from: string): Set<string> {
  const reached = new Set([from])
  for (const state of reached) {
    for (const to of Object.values(table[state] ?? {})) if (to !== undefined) reached.add(to)
  }
  return reached
}

describe.each<[string, Table, string]>([
  ['session', sessionTransitions, 'idle'],
  ['brokerage', brokerageTransitions, 'closed'],
])('the table of the %s', (_, table, initial) => {
  test('leads from its beginning to every state, and only to states it has', () => {
    expect([...reachable(table, initial)].sort()).toEqual(Object.keys(table).sort())
  })

  test('has no move from a state to itself', () => {
    for (const [state, moves] of Object.entries(table)) expect(Object.values(moves)).not.toContain(state)
  })
})

test('a session can be closed from every state but the last two, and then only ends', () => {
  for (const [state, moves] of Object.entries(sessionTransitions)) {
    expect(moves.close).toBe(state === 'closing' || state === 'closed' ? undefined : 'closing')
  }
  expect(sessionTransitions.closing).toEqual({ closed: 'closed' })
  expect(sessionTransitions.closed).toEqual({})
})

test('out of `failed` there is only the caller’s word', () => {
  expect(sessionTransitions.failed).toEqual({ renew: 'establishing', close: 'closing' })
})

test('every state of the brokerage session but the first can be abandoned', () => {
  for (const [state, moves] of Object.entries(brokerageTransitions)) {
    expect(moves.abandoned).toBe(state === 'closed' ? undefined : 'closed')
  }
})

test('the diagram in the README is the table, but for `close`', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const drawn = [...readme.matchAll(/^ {2}(\w+) --> (\w+): (.+)$/gm)].flatMap(([, from, to, triggers = '']) =>
    triggers.split(', ').map((trigger) => `${from} ${trigger} ${to}`),
  )
  const listed = Object.entries(sessionTransitions).flatMap(([from, moves]) =>
    Object.entries(moves).flatMap(([trigger, to]) =>
      trigger === 'close' ? [] : [`${from} ${trigger} ${to}`],
    ),
  )
  expect(drawn.sort()).toEqual(listed.sort())
})
