import { defineConfig } from 'vitest/config'
import { onBothPrimitives } from '../../vitest.base.ts'

export default defineConfig({ test: onBothPrimitives(import.meta.url) })
