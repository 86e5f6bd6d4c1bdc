import { readFileSync } from 'node:fs'
import { onStoreEvent } from '@ibkr-auth/shared-session'
import { onStreamEvent } from '@ibkr-auth/streaming'
import { onTransportEvent } from '@ibkr-auth/transport'
import { onSessionEvent } from '@ibkr-auth/transport/session'
import { expect, it } from 'vitest'

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const page = read('docs/in-production.md')
/** The public surface of the packages, as `pnpm api` writes it. */
const surface = [
  'transport/api/index',
  'transport/api/session',
  'streaming/api/index',
  'shared-session/api/index',
]
  .map((file) => read(`packages/${file}.d.ts`))
  .join('\n')

const streaming = read('packages/streaming/api/index.d.ts')

const rows = new Map(
  [...page.matchAll(/^\| `(ibkr-auth:[a-z:-]+)` \| [^|]+ \| ([^|]*) \|$/gm)].map(
    ([, name = '', says = '']) => [name, says],
  ),
)

/** Members of a message of streams, which stand in one union. */
function streamMembersOf(type: string): string[] {
  const declared = new RegExp(`\\{[^{}]*readonly type: "${type}";[^{}]*\\}(?: & (\\w+))?`).exec(streaming)
  const own = [...(declared?.[0] ?? '').matchAll(/readonly (\w+)\??:/g)].map(([, member = '']) => member)
  return [...own, ...membersOf(declared?.[1] ?? '')]
}

/** Members of an interface of the surface, with those of what it extends. */
function membersOf(name: string): string[] {
  const declared = new RegExp(`interface ${name}(?: extends ([^{]+))? \\{([^}]*)\\}`).exec(surface)
  const bases = declared?.[1]?.split(',').map((base) => base.trim().replace(/^Omit<(\w+).*/, '$1')) ?? []
  const own = [...(declared?.[2] ?? '').matchAll(/readonly (\w+)\??:/g)].map(([, member = '']) => member)
  return [...own, ...bases.flatMap(membersOf)]
}

it('lists each channel that the packages have, and no other', () => {
  const declared = [...surface.matchAll(/readonly "(ibkr-auth:[a-z:-]+)":/g)].map(([, name]) => name)
  expect([...rows.keys()].sort()).toEqual([...new Set(declared)].sort())
  expect(rows.size).toBe(24)
})

it('says what each of them tells', () => {
  const messages = [...surface.matchAll(/readonly "(ibkr-auth:[a-z:-]+)": ([^;]+);/g)]
  const everywhere = new Set([
    'call',
    'purpose',
    'method',
    'origin',
    'path',
    'attempt',
    'session',
    'username',
    'stream',
    'type',
    'atMs',
  ])
  for (const [, channel = '', type = ''] of messages) {
    const told = /^Told<"(\w+)">$/.exec(type)?.[1]
    const members =
      told === undefined ? type.split('&').flatMap((part) => membersOf(part.trim())) : streamMembersOf(told)
    expect(members.length, `${channel}: ${type}`).toBeGreaterThan(1)
    for (const member of members) {
      if (!everywhere.has(member))
        expect(rows.get(channel), `${member} of ${channel}`).toContain(`\`${member}\``)
    }
  }
})

it.each([
  ['onTransportEvent', onTransportEvent, 'ibkr-auth:transport:retry', 'ERR_TRANSPORT_INVALID_INPUT'],
  ['onSessionEvent', onSessionEvent, 'ibkr-auth:pacing:wait', 'ERR_TRANSPORT_INVALID_INPUT'],
  ['onStreamEvent', onStreamEvent, 'ibkr-auth:stream:gap', 'ERR_STREAM_INVALID_INPUT'],
  ['onStoreEvent', onStoreEvent, 'ibkr-auth:store:operation', 'ERR_SHARED_SESSION_INVALID_INPUT'],
] as const)(
  '%s refuses a name that tells nothing, and a listener that is none',
  (_name, on, channel, code) => {
    const subscribe = on as (name: unknown, listener: unknown) => () => void
    subscribe(channel, () => undefined)()
    expect(() => subscribe(`${channel}s`, () => undefined)).toThrow(expect.objectContaining({ code }))
    expect(() => subscribe(channel, undefined)).toThrow(expect.objectContaining({ code }))
  },
)
