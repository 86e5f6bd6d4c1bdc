import type { Kind } from '../harness/candidate.ts'

/**
 * One way of doing a piece of work. It loads its library only when it is made, for the cost of a first use is measured
 * too: files of ways import nothing heavy. Materials and answers are plain JSON, since they go to other processes.
 */
export interface Way<Material> {
  readonly name: string
  readonly kind: Kind
  readonly make: (material: Material) => Promise<() => unknown> | (() => unknown)
}

/** All ways of doing one piece of work, the floor first, and a judge that throws if an answer is wrong. */
export interface Work<Material> {
  readonly material: Material
  readonly ways: readonly Way<Material>[]
  readonly judge: (way: Way<Material>, answer: unknown) => unknown
}

/** `node:crypto`, loaded when first asked for. */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto')
}

/** The code of a package that browsers run, and Node can run too. */
export function portable(name: string): string {
  return new URL('../index.js', import.meta.resolve(name)).href
}
