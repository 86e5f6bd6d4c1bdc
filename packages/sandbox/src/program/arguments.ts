import { parseArgs } from 'node:util'
import { invalidInput } from '../errors.ts'
import type { StartSandboxOptions } from '../options.ts'

/** What the program was asked to do. */
export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'start'
      readonly options: StartSandboxOptions
      /** Directory to write credentials to. */
      readonly writeCredentials: string | undefined
      /** Files to take credentials from, each a registration. */
      readonly credentials: readonly string[]
      readonly isQuiet: boolean
    }

/** Shown by `--help`. */
export const usage = `Usage: ibkr-sandbox [options]

Answers IBKR's half of OAuth 1.0a and OAuth 2.0 on this machine, verifies every request and says why it refused one.
The first line on standard output is JSON: {"url": ..., "pid": ...}. The log follows; the same log is a page at the URL.

  --port N                       port to listen on (default: a free one)
  --host NAME                    address to listen on (default: 127.0.0.1)
  --allow-non-loopback           needed for a host that other machines can reach
  --lenient                      take the signatures of known clients that differ from IBKR's documents
  --query-signing FORM           rfc5849, omit or both (default): how query parameters are signed
  --first-party                  refuse request_token, authorize and access_token, as for a first-party consumer
  --write-credentials DIR        write credentials.json and the keys as PEM files, private to the user; those of
                                 further registrations go to DIR/2, DIR/3 ...
  --credentials FILE             take credentials from a credentials.json and the PEM files beside it; given
                                 several times, each is a consumer and an OAuth 2.0 client of its own
  --lst-ttl SECONDS              lifetime of a live session token (default: 86400)
  --lst-count N                  how many of them are good at once for an access token (default: 8)
  --pacing                       pace as IBKR does: limits, 429, penalty box
  --tls                          listen with TLS; the authority's certificate is written as ca.pem beside the
                                 credentials, for NODE_EXTRA_CA_CERTS and its like
  --quiet                        no log on standard output
  --help, --version
`

/**
 * Reads the arguments of the program.
 *
 * @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT` naming the argument.
 */
export function readArguments(args: readonly string[]): Command {
  const values = parse(args)
  if (values.help === true) return { kind: 'help' }
  if (values.version === true) return { kind: 'version' }
  const querySigning = values['query-signing'] ?? 'both'
  if (querySigning !== 'rfc5849' && querySigning !== 'omit' && querySigning !== 'both') {
    throw invalidInput('--query-signing takes rfc5849, omit or both')
  }
  const lifetime = values['lst-ttl']
  return {
    kind: 'start',
    options: {
      port: integer('--port', values.port ?? '0', 0, 65_535),
      host: values.host ?? '127.0.0.1',
      allowNonLoopback: values['allow-non-loopback'] ?? false,
      lenient: values.lenient ?? false,
      firstParty: values['first-party'] ?? false,
      querySigning,
      pacing: values.pacing ?? false,
      tls: values.tls ?? false,
      liveSessionTokenLifetimeMs:
        lifetime === undefined ? undefined : integer('--lst-ttl', lifetime, 1, 31_536_000) * 1000,
      liveSessionTokensPerAccessToken: integer('--lst-count', values['lst-count'] ?? '8', 1, 1_000),
    },
    writeCredentials: values['write-credentials'],
    credentials: values.credentials ?? [],
    isQuiet: values.quiet ?? false,
  }
}

interface Values {
  readonly port?: string | undefined
  readonly host?: string | undefined
  readonly 'allow-non-loopback'?: boolean | undefined
  readonly lenient?: boolean | undefined
  readonly 'query-signing'?: string | undefined
  readonly 'first-party'?: boolean | undefined
  readonly 'write-credentials'?: string | undefined
  readonly credentials?: string[] | undefined
  readonly 'lst-ttl'?: string | undefined
  readonly 'lst-count'?: string | undefined
  readonly pacing?: boolean | undefined
  readonly tls?: boolean | undefined
  readonly quiet?: boolean | undefined
  readonly help?: boolean | undefined
  readonly version?: boolean | undefined
}

function parse(args: readonly string[]): Values {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string' },
        host: { type: 'string' },
        'allow-non-loopback': { type: 'boolean' },
        lenient: { type: 'boolean' },
        'query-signing': { type: 'string' },
        'first-party': { type: 'boolean' },
        'write-credentials': { type: 'string' },
        credentials: { type: 'string', multiple: true },
        'lst-ttl': { type: 'string' },
        'lst-count': { type: 'string' },
        pacing: { type: 'boolean' },
        tls: { type: 'boolean' },
        quiet: { type: 'boolean' },
        help: { type: 'boolean' },
        version: { type: 'boolean' },
      },
    }).values
  } catch (error) {
    throw invalidInput(`${error instanceof Error ? error.message : 'unreadable arguments'}; see --help`)
  }
}

function integer(name: string, text: string, least: number, most: number): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (!(value >= least && value <= most))
    throw invalidInput(`${name} takes an integer from ${least} to ${most}`)
  return value
}
