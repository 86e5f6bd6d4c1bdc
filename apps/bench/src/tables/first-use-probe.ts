import { readFileSync } from 'node:fs'
import { assertionWays } from '../ways/assertion.ts'
import { exchangeWays } from '../ways/exchange.ts'
import { headerWays } from '../ways/header.ts'
import type { Way } from '../ways/way.ts'

// Does one piece of work one way, in a process of its own, and prints the answer and how long it took, in ns. What is
// imported above loads no library and no node:crypto.

const all = { header: headerWays, exchange: exchangeWays, assertion: assertionWays }
const [, , kind = '', index = ''] = process.argv
const way = all[kind as keyof typeof all][Number(index)] as Way<unknown>
const material: unknown = JSON.parse(readFileSync(0, 'utf8'))

const start = process.hrtime.bigint()
const run = await way.make(material)
const answer = await run()
const ns = Number(process.hrtime.bigint() - start)

process.stdout.write(JSON.stringify({ answer, ns }))
