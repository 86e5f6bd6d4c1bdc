import process from 'node:process'
import { startSandbox } from '@ibkr-auth/sandbox'

// Runs in a process of its own: a strict sandbox. It prints what its client needs to know, made for this run, and ends when
// its standard input does.

const sandbox = await startSandbox()
const { credentials } = sandbox
const { consumerKey, accessToken, accessTokenSecret, realm, baseUrl, dhParams, signingKey, encryptionKey } =
  credentials
const known = {
  consumerKey,
  accessToken,
  accessTokenSecret,
  realm,
  baseUrl,
  dhParams,
  signingKey,
  encryptionKey,
}
process.stdout.write(`${JSON.stringify(known)}\n`)
process.stdin.on('end', () => process.exit(0)).resume()
