import { generateKeyPairSync } from 'node:crypto'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Private keys as PEM, made once for all test files: making them is the slow part of a sandbox. */
    keys: {
      readonly signing: string
      readonly encryption: string
      readonly oauth2: string
      readonly other: string
    }
  }
}

/** Runs once before all test files. */
export function setup(project: TestProject): void {
  const make = (modulusLength: number): string =>
    generateKeyPairSync('rsa', { modulusLength })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString()
  project.provide('keys', {
    signing: make(2048),
    encryption: make(2048),
    oauth2: make(2048),
    other: make(2048),
  })
}
