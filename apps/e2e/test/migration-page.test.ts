import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { type RunningSandbox, startSandbox } from '@ibkr-auth/sandbox'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

// docs/migration.md logs in with the settings of another client. Here it does, against the sandbox.

const page = fileURLToPath(new URL('../../../docs/migration.md', import.meta.url))
const folder = fileURLToPath(new URL('../.cache/migration-page/', import.meta.url))
const production = "const baseUrl = 'https://api.ibkr.com/v1/api'\n"

describe('docs/migration.md', () => {
  let sandbox: RunningSandbox
  const before = { ...process.env }

  beforeAll(async () => {
    sandbox = await startSandbox({ firstParty: true })
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    const { accessToken, accessTokenSecret, consumerKey, dhPrime, encryptionKey, realm, signingKey } =
      sandbox.credentials
    writeFileSync(join(folder, 'encryption.pem'), encryptionKey)
    writeFileSync(join(folder, 'signature.pem'), signingKey)
    Object.assign(process.env, {
      IBIND_OAUTH1A_CONSUMER_KEY: consumerKey,
      IBIND_OAUTH1A_ACCESS_TOKEN: accessToken,
      IBIND_OAUTH1A_ACCESS_TOKEN_SECRET: accessTokenSecret,
      IBIND_OAUTH1A_DH_PRIME: dhPrime,
      IBIND_OAUTH1A_ENCRYPTION_KEY_FP: join(folder, 'encryption.pem'),
      IBIND_OAUTH1A_SIGNATURE_KEY_FP: join(folder, 'signature.pem'),
      IBIND_OAUTH1A_REALM: realm,
    })
  })

  afterAll(async () => {
    process.env = before
    rmSync(folder, { recursive: true, force: true })
    await sandbox.close()
  })

  it("logs in with ibind's settings", async () => {
    const text = readFileSync(page, 'utf8').replaceAll('\r\n', '\n')
    const code = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block = '']) => block)
    const login = code.find((block) => block.includes('IBIND_') && block.includes(production)) ?? ''
    const file = join(folder, 'login.ts')
    writeFileSync(file, login.replace(production, `const baseUrl = '${sandbox.url}/v1/api'\n`))
    const log = vi.spyOn(console, 'log').mockReturnValue()
    await import(file)
    const printed = [...log.mock.calls]
    log.mockRestore()
    expect(printed).toEqual([[200]])
  })
})
