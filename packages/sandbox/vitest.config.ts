import { defineConfig } from 'vitest/config'
import { base } from '../../vitest.base.ts'

export default defineConfig({
  test: { ...base, globalSetup: ['test/generate-keys.ts'], testTimeout: 30_000 },
})
