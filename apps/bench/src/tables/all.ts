import type { Table } from '../harness/candidate.ts'

/** What `--only` names; each is measured in a process of its own. */
export const groups: Readonly<Record<string, () => Promise<Table[]>>> = {
  header: async () => (await import('./computing.ts')).measureHeaders(),
  handshake: async () => (await import('./computing.ts')).measureHandshakes(),
  assertion: async () => (await import('./computing.ts')).measureAssertions(),
  session: async () => (await import('./session.ts')).measureSessions(),
  channels: async () => (await import('./channels.ts')).measureChannels(),
  stream: async () => (await import('./stream.ts')).measureStreams(),
  sandbox: async () => (await import('./sandbox.ts')).measureSandbox(),
  'first-use': async () => (await import('./first-use.ts')).measureFirstUse(),
}
