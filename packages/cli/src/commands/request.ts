import { readFileSync } from 'node:fs'
import type { TransportResponse } from '@ibkr-auth/transport'
import {
  type Command,
  type CommandContext,
  type OptionValues,
  profileHelp,
  profileOf,
  profileOptions,
  textOption,
} from '../program/command.ts'
import { CancelledError, UsageError } from '../program/errors.ts'
import { openSession } from '../sign-in/open-session.ts'

const help = `ibkr-auth request METHOD PATH [options]

Sends one request, signed and within IBKR's limits, and prints the reply. PATH lies below the API's base, such as
/portfolio/accounts. What is under /iserver opens the brokerage session first. Anything but GET asks before it is sent.

${profileHelp}
  --query K=V      a query parameter, unencoded; may be repeated
  --data TEXT      a JSON body; @FILE takes it from a file, @- from standard input
  --yes            does not ask
  --json           status, headers and body as one JSON document on standard output

Example: ibkr-auth request GET /trsrv/stocks --query symbols=AAPL,MSFT`

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']

export const request: Command = {
  name: 'request',
  summary: 'sends one signed request and prints the reply',
  help,
  options: {
    ...profileOptions,
    query: { type: 'string', multiple: true },
    data: { type: 'string' },
    yes: { type: 'boolean', default: false },
  },
  async run([methodWord, path, ...rest], options, context) {
    const method = methodWord?.toUpperCase() ?? ''
    if (!methods.includes(method)) throw new UsageError(`METHOD is one of ${methods.join(', ')}.`)
    if (path === undefined || !path.startsWith('/'))
      throw new UsageError('PATH begins with a slash: /portfolio/accounts.')
    if (rest.length > 0) throw new UsageError(`One path at a time: "${rest[0]}" is too many.`)
    const [query, json] = [queryOption(options), dataOption(options)]
    if (method !== 'GET') await confirm(method, path, options, context)
    const session = await openSession(profileOf(options, context))
    try {
      const body = json === undefined ? {} : { json }
      const { signal } = context
      const reply = await session.request({
        method,
        url: path,
        query,
        ...body,
        signal,
        throwHttpErrors: false,
      })
      context.terminal.print(options.json ? asDocument(reply) : asText(reply))
      return reply.status < 400 ? 0 : 1
    } finally {
      await session.close()
    }
  },
}

function queryOption({ query = [] }: OptionValues): Readonly<Record<string, readonly string[]>> {
  const found: Record<string, string[]> = {}
  for (const pair of Array.isArray(query) ? query : [query]) {
    const [, name, value = ''] = /^([^=]+)=(.*)$/s.exec(String(pair)) ?? []
    if (name === undefined) throw new UsageError('--query takes NAME=VALUE.')
    found[name] = [...(found[name] ?? []), value]
  }
  return found
}

/** A body that is no JSON would reach IBKR as something that nobody meant. */
function dataOption(options: OptionValues): unknown {
  const given = textOption(options, 'data')
  if (given === undefined) return undefined
  try {
    return JSON.parse(
      given.startsWith('@') ? readFileSync(given === '@-' ? 0 : given.slice(1), 'utf8') : given,
    )
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new UsageError(code === undefined ? '--data must be JSON.' : `--data cannot be read (${code}).`)
  }
}

async function confirm(
  method: string,
  path: string,
  options: OptionValues,
  { terminal }: CommandContext,
): Promise<void> {
  if (options.yes) return
  if (!terminal.interactive)
    throw new UsageError(`${method} may change something, and nobody is there to be asked: say --yes.`)
  const answer = await terminal.ask(`${method} ${path} may change something. Send it? [y/N] `)
  if (!/^y(?:es)?$/i.test(answer)) throw new CancelledError('Nothing was sent.')
}

function asText(reply: TransportResponse): string {
  const text = reply.text()
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}

function asDocument(reply: TransportResponse): string {
  const text = reply.text()
  const { status } = reply
  try {
    return JSON.stringify({ status, body: JSON.parse(text) }, null, 2)
  } catch {
    return JSON.stringify({ status, body: text }, null, 2)
  }
}
