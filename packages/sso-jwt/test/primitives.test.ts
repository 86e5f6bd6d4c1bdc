import { expect, it } from 'vitest'
import { name } from '#primitives'
import * as node from '../src/primitives/node.ts'
import * as portable from '../src/primitives/portable.ts'

it('runs on the primitives that this project is about', () => {
  expect(name).toBe(process.env.PRIMITIVES)
  expect([node.name, portable.name]).toEqual(['node', 'portable'])
})
