import { describe, expect, it } from 'vitest'
import { findPemBlocks, formatPem } from '../src/pem.ts'

describe('findPemBlocks', () => {
  it('reads what formatPem writes', () => {
    const contents = 'AQID'.repeat(40)
    const text = formatPem('DH PARAMETERS', contents)
    expect(text.split('\n').map(({ length }) => length)).toEqual([29, 64, 64, 32, 27, 0])
    const [block, another] = findPemBlocks(text)
    expect(block).toMatchObject({ label: 'DH PARAMETERS', headers: '' })
    expect(block?.base64.replace(/\s/g, '')).toBe(contents)
    expect(another).toBeUndefined()
  })

  it('finds each of several blocks, and none that does not end', () => {
    const text = `${formatPem('A', 'AQ==')}-----BEGIN B-----\nAA\n${formatPem('C', 'Ag==')}`
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
    expect(block?.base64.split(/\s+/).join('')).toBe('AQID')
  })
})
