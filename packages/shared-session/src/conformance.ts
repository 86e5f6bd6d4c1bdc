import type { ConformanceCase } from './conformance/case.ts'
import { conversationCases } from './conformance/conversations.ts'
import { placeCases } from './conformance/places.ts'
import { ownTake, takeOfWrites } from './conformance/take.ts'
import { valueCases } from './conformance/values.ts'

export type { ConformanceCase, ConformanceInput } from './conformance/case.ts'

/**
 * What every store must do, to be run by any test runner: `for (const { name, run } of conformanceCases) test(name, () => run({ one, other, key }))`.
 * Values live for tenths of a second in some cases, by the real clock.
 */
export const conformanceCases: readonly ConformanceCase[] = [
  ...valueCases,
  ...placeCases('take', ownTake),
  ...conversationCases('take', ownTake),
  ...placeCases('take by compare-and-set', takeOfWrites),
  ...conversationCases('take by compare-and-set', takeOfWrites),
]
