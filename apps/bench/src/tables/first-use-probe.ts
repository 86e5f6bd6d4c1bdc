import { readFileSync } from 'node:fs'
import type { Way } from '../ways/way.ts'

// Does one piece of work one way, in a process of its own, and prints the answer and how long it took, in ns.

const [, , file = '', list = '', index = '0'] = process.argv
const ways: readonly Way<unknown>[] = (await import(file))[list]
const material: unknown = JSON.parse(readFileSync(0, 'utf8'))

const start = process.hrtime.bigint()
const run = await ways[Number(index)]?.make(material)
const answer = await run?.()
const ns = Number(process.hrtime.bigint() - start)

process.stdout.write(JSON.stringify({ answer, ns }))
