import { expect, test } from 'vitest'
import { createQuerySigningAdvice, ibkrQuerySigning, querySignings } from '../src/index.ts'

const plain = 'https://h.example/accounts'
const queried = 'https://h.example/quotes?conids=1'

type Outcome = readonly [url: string, status: number]

function advicesAfter(outcomes: readonly Outcome[]): (string | undefined)[] {
  const advise = createQuerySigningAdvice('omit')
  return outcomes.map(([url, status]) => advise({ url, status }))
}

test('names the option and the other treatments from the second refusal of a query on', () => {
  const [accepted, first, second, third] = advicesAfter([
    [plain, 200],
    [queried, 401],
    [queried, 401],
    [queried, 401],
  ])
  expect([accepted, first]).toEqual([undefined, undefined])
  for (const name of querySignings) expect(second).toContain(`"${name}"`)
  expect(second).toContain('querySigning "omit"')
  expect(third).toBe(second)
})

test.each<[what: string, outcomes: readonly Outcome[]]>([
  [
    'nothing was accepted',
    [
      [queried, 401],
      [queried, 401],
      [queried, 401],
    ],
  ],
  [
    'a query was accepted, before or since',
    [
      [plain, 200],
      [queried, 200],
      [queried, 401],
      [queried, 401],
    ],
  ],
  [
    'refusals are of another kind',
    [
      [plain, 200],
      [queried, 403],
      [queried, 500],
      [queried, 404],
      [queried, 429],
    ],
  ],
  [
    'the token itself is refused',
    [
      [plain, 200],
      [queried, 401],
      [plain, 401],
      [queried, 401],
      [queried, 401],
    ],
  ],
  [
    'a question mark has nothing behind it',
    [
      [plain, 200],
      [`${plain}?`, 401],
      [`${plain}#?a`, 401],
      [`${plain}?#a`, 401],
    ],
  ],
])('says nothing where %s', (_, outcomes) => {
  expect(advicesAfter(outcomes)).toEqual(outcomes.map(() => undefined))
})

test('counts anew once the token is accepted again', () => {
  const outcomes: Outcome[] = [
    [queried, 401],
    [plain, 401],
    [plain, 200],
    [queried, 401],
    [queried, 401],
  ]
  const advices = advicesAfter(outcomes)
  expect(advices.slice(0, 4)).toEqual([undefined, undefined, undefined, undefined])
  expect(advices[4]).toContain('querySigning')
})

test('one treatment is named as the one to begin with at IBKR', () => {
  expect(querySignings).toContain(ibkrQuerySigning)
})
