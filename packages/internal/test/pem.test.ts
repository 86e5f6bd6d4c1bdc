import { describe, expect, it } from 'vitest'
import { findPemBlocks, formatPem } from '../src/pem.ts'

describe('findPemBlocks', () => {
  it('reads what formatPem writes', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, index) => index)
    const text = formatPem('DH PARAMETERS', bytes)
    expect(findPemBlocks(text)).toEqual([{ label: 'DH PARAMETERS', headers: '', bytes }])
  })

  it('finds each of several blocks, and none that does not end', () => {
    const text = `${formatPem('A', Uint8Array.of(1))}-----BEGIN B-----\nAA\n${formatPem('C', Uint8Array.of(2))}`
    expect(findPemBlocks(text).map(({ label }) => label)).toEqual(['A', 'C'])
  })

  it('looks at each character a bounded number of times', () => {
    // A search from each BEGIN to the end of the text would be 3,000 times 65,536 steps for each of these.
    for (const piece of [
      '-----BEGIN A-----',
      '-----BEGIN ',
      '-----BEGIN A-----\n-----END B-----',
      '=',
      ':',
      '\\n',
      '\\',
    ]) {
      expect(findPemBlocks(piece.repeat(400_000 / piece.length))).toEqual([])
    }
  })

  it('takes white space for what it is', () => {
    const [block] = findPemBlocks('  -----BEGIN K-----\r\n\r\n  AQ I\tD \r\n-----END K-----')
    expect(block?.bytes).toEqual(Uint8Array.of(1, 2, 3))
  })
})
