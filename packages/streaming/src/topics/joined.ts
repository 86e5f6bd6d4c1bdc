import { message, type Parameters, type Topic } from './topic.ts'

/**
 * The text that asks for all of these at once. They have one `topic` on the wire, and IBKR keeps one subscription for
 * it: the last text would otherwise take from the others what it does not name, and nobody would be told.
 */
export function joinedText(topics: readonly Topic<unknown>[]): string | undefined {
  const [first, ...others] = topics
  if (first?.parameters === undefined || others.length === 0) return first?.subscribe
  const all = topics.map(({ parameters = {} }) => parameters)
  return message(first.frameTopic, joinParameters(all))
}

function joinParameters(all: readonly Parameters[]): Parameters {
  const names = [...new Set(all.flatMap((parameters) => Object.keys(parameters)))]
  const joined = names.map((name) => [name, joinValues(all.map((parameters) => parameters[name]))] as const)
  return Object.fromEntries(joined.filter(([, value]) => value !== undefined))
}

/** What is not named is not narrowed: no list means everything. Of numbers (days) the largest reaches far enough. */
function joinValues(values: readonly Parameters[string][]): Parameters[string] {
  const lists = values.filter((value): value is readonly string[] => Array.isArray(value))
  if (lists.length > 0) return lists.length === values.length ? [...new Set(lists.flat())] : undefined
  const numbers = values.filter((value) => typeof value === 'number')
  if (numbers.length > 0) return Math.max(...numbers)
  return values.every((value) => value === true) ? true : undefined
}
