import { once } from 'node:events'
import { mkdir } from 'node:fs/promises'
import { type RunningSandbox, startSandbox, writeCredentials } from '@ibkr-auth/sandbox'
import { profileDirectory } from '../profile/places.ts'
import { type Command, refuseWords, textOption } from '../program/command.ts'
import { UsageError } from '../program/errors.ts'

const help = `ibkr-auth sandbox [options]

Starts a server on loopback that plays IBKR's part, and keeps its credentials as the profile "sandbox", until Ctrl-C.
For options of the sandbox itself use its own program, ibkr-sandbox.

  --port NUMBER   default: a free one
  --json          one JSON document on standard output

Example: ibkr-auth sandbox, and in another terminal: ibkr-auth doctor --profile sandbox --sign-in`

export const sandbox: Command = {
  name: 'sandbox',
  summary: 'starts a server that plays IBKR, with its credentials as the profile "sandbox"',
  help,
  options: { port: { type: 'string' } },
  async run(words, options, { terminal, environment, signal }) {
    refuseWords('sandbox', words)
    const directory = profileDirectory('sandbox', environment)
    await mkdir(directory, { recursive: true, mode: 0o700 })
    const server = await startSandbox({ port: portOption(textOption(options, 'port')) })
    try {
      await writeCredentials(directory, server.credentials)
      terminal.print(
        options.json ? JSON.stringify({ url: server.url, directory }) : greeting(server, directory),
      )
      if (!signal.aborted) await once(signal, 'abort')
    } finally {
      await server.close()
    }
    return 0
  },
}

function portOption(text: string | undefined): number {
  const port = Number(text ?? 0)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new UsageError('--port takes a number from 0 to 65535.')
}

function greeting(server: RunningSandbox, directory: string): string {
  return [
    `Sandbox at ${server.url} (its log as a page: ${server.url}/)`,
    `Credentials in ${directory}: the profile "sandbox".`,
    '',
    'In another terminal:',
    '  ibkr-auth doctor --profile sandbox --sign-in',
    '  ibkr-auth request GET /portfolio/accounts --profile sandbox',
    '',
    'Ctrl-C ends it.',
  ].join('\n')
}
