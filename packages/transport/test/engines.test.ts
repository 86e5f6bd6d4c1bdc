import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

describe('the Node versions that package.json asks for', () => {
  it.each(['undici', 'tough-cookie'])('are all ones that %s runs on', (dependency) => {
    const ours = lowest(enginesOf('../package.json'))
    const theirs = lowest(enginesOf(`../node_modules/${dependency}/package.json`))
    expect(compare(ours, theirs)).toBeGreaterThanOrEqual(0)
  })

  it('are compared as versions, not as text', () => {
    expect(compare(lowest('>=20.9.0'), lowest('>=20.18.1'))).toBeLessThan(0)
    expect(() => lowest('^20 || ^22')).toThrow('a range of another form')
  })
})

function lowest(range: string): number[] {
  const match = /^>=\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(range)
  if (!match) throw new Error(`a range of another form: ${range}`)
  return match.slice(1).map((part) => Number(part ?? 0))
}

function compare(one: number[], other: number[]): number {
  return one.map((part, at) => part - (other[at] ?? 0)).find((difference) => difference !== 0) ?? 0
}

function enginesOf(path: string): string {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).engines.node
}
