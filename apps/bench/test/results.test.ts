import { describe, expect, it } from 'vitest'
import { comparable, differences } from '../src/agreement.ts'
import type { Row, Table } from '../src/candidate.ts'
import { duration, figure } from '../src/markdown.ts'
import { formatReport } from '../src/report.ts'
import type { Results } from '../src/results.ts'
import { summaryTable } from '../src/summary.ts'
import { judgeTargets, peersAhead } from '../src/targets.ts'

const row = (name: string, kind: Row['kind'], ratio: number, medianNs = ratio * 1000): Row => ({
  name,
  kind,
  ratio,
  medianNs,
})
const table = (id: string, rows: readonly Row[], compute = true): Table => ({
  id,
  title: `Title of ${id}`,
  note: 'Note.',
  compute,
  rows,
})

function results(tables: readonly Table[], node = '20.20.2'): Results {
  return {
    date: '2026-01-02T03:04:05.000Z',
    machine: { cpu: 'CPU', cores: 2, memoryGb: 8, system: 'linux x64', node, openssl: '3' },
    versions: { undici: '7.0.0' },
    durationSeconds: 170,
    disturbance: { measured: 100, repeated: 7, takenDisturbed: 3 },
    tables,
    sizes: [],
    accounts: [],
    scale: [],
  }
}

const signing = [
  row('bare HMAC-SHA256', 'floor', 1),
  row('oauth1-signing', 'ours', 2),
  row('oauth-1.0a', 'peer', 10),
  row('ibkr-client', 'peer', 4.5),
]

describe('targets', () => {
  const target = (all: Results, text: string) => judgeTargets(all).find((one) => one.text.startsWith(text))

  it('are met or not by the figures of the run', () => {
    const all = results([table('signing-get', signing)])
    const name = 'signing a GET without query'
    expect(target(all, `${name}, times the bare HMAC`)).toMatchObject({ measured: 2, met: true })
    expect(target(all, `${name}, times faster than oauth-1.0a`)).toMatchObject({ measured: 5, met: true })
    expect(target(all, `${name}, times faster than ibkr-client`)).toMatchObject({
      measured: 2.25,
      met: false,
    })
  })

  it('are not met where nothing was measured', () => {
    const { measured, met } = target(results([]), 'signing a GET') ?? {}
    expect(measured).toBeUndefined()
    expect(met).toBe(false)
  })

  it('are stricter for the handshake from Node 24 on', () => {
    const rows = [row('bare OpenSSL operations', 'floor', 1), row('both packages', 'ours', 1.6)]
    const text = 'handshake, times the bare operations'
    expect(target(results([table('handshake-warm', rows)]), text)?.met).toBe(true)
    expect(target(results([table('handshake-warm', rows)], '24.1.0'), text)?.met).toBe(false)
  })

  it('name each peer that is ahead', () => {
    const ahead = [...signing, row('quick', 'peer', 1.5)]
    expect(peersAhead(results([table('signing-get', signing)]))).toEqual([])
    expect(peersAhead(results([table('signing-get', ahead)]))).toEqual([
      'Title of signing-get: quick, 1.33 times as fast',
    ])
  })
})

describe('agreement', () => {
  const slower = signing.map((one) => ({ ...one, medianNs: (one.medianNs ?? 0) * 1.2 }))

  it('compares the compute rows of two runs, the largest difference first', () => {
    const one = results([table('signing-get', signing), table('transport-1', signing, false)])
    const [, ours, ...rest] = slower
    const floor = signing[0] as Row
    const other = results([table('signing-get', [floor, ours as Row, ...rest])])
    const found = differences(one, other)
    expect(found).toHaveLength(4)
    expect(found[0]?.inMedian).toBeCloseTo(0.2)
    expect(found[0]?.inRatio).toBe(0)
    expect(found.at(-1)).toMatchObject({ row: 'bare HMAC-SHA256', inMedian: 0 })
  })

  it('needs the same machine and versions', () => {
    const one = results([])
    expect(comparable(one, results([table('a', signing)]))).toBe(true)
    expect(comparable(one, results([], '24.1.0'))).toBe(false)
    expect(comparable(one, { ...one, versions: {} })).toBe(false)
  })
})

describe('the report', () => {
  it('shows ratios, names wrong answers, and says which targets are missed', () => {
    const wrong: Row = { name: 'broken', kind: 'peer', disqualified: 'the signature is wrong' }
    const report = formatReport(results([table('signing-get', [...signing, wrong])]), undefined)
    expect(report).toContain('| oauth1-signing | ours | 2.00 | 2.00 µs |')
    expect(report).toContain('| broken | peer | wrong answer | – |')
    expect(report).toContain('**not met**')
    expect(report).toContain('There was no earlier run')
  })

  it('says how many rows agree with the run before', () => {
    const one = results([table('signing-get', signing)])
    const earlier = { date: one.date, differences: differences(one, one) }
    expect(formatReport(one, earlier)).toContain('4 of 4 compute rows agree')
    expect(formatReport(one, earlier)).toContain('and 4 on the ratio')
  })

  it('gives the README ratios only', () => {
    const text = summaryTable(results([table('signing-get', signing)]))
    expect(text).toContain('| bare HMAC-SHA256 | **2.00** | 4.50 | oauth-1.0a 10.0 |')
    expect(text).not.toMatch(/ms|µs/)
  })

  it('writes figures with three digits and times in their unit', () => {
    expect([0.1234, 12.34, 1234.5].map(figure)).toEqual(['0.12', '12.3', '1,235'])
    expect([1500, 2_500_000, 3_000_000_000].map(duration)).toEqual(['1.50 µs', '2.50 ms', '3.00 s'])
    expect(figure(undefined)).toBe('–')
  })
})
