import type { Candidate } from '../harness.ts'

// A way of doing a piece of work loads its library only when it is made, for the cost of a first use is measured too: files
// of ways import nothing heavy. Materials and answers are plain JSON, since they go to other processes.

export interface Way<Material> extends Pick<Candidate, 'name' | 'kind'> {
  readonly make: (material: Material) => Promise<() => unknown> | (() => unknown)
}

/** Throws if a way's answer is wrong. */
export type Judge = (answer: unknown, name: string) => unknown

export async function candidatesOf<Material>(
  ways: readonly Way<Material>[],
  material: Material,
  judge: Judge,
) {
  const candidates: Candidate[] = []
  for (const { name, kind, make } of ways)
    candidates.push({ name, kind, run: await make(material), check: (answer) => judge(answer, name) })
  return candidates
}
