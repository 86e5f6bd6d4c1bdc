import { createRequire } from 'node:module'

/** Version of this package. */
export const version: string = (
  createRequire(import.meta.url)('@ibkr-auth/cli/package.json') as { readonly version: string }
).version
