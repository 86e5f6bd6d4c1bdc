import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A server of this folder in a process of its own, so that it does not work on its client's time. */
export interface Program<Hello> {
  /** What it said when it was ready. */
  readonly hello: Hello
  send(message: object): void
  stop(): Promise<void>
}

/** Starts a program of this folder and waits for its first message. It must end when its channel is closed. */
export async function startProgram<Hello>(name: string, ...args: readonly string[]): Promise<Program<Hello>> {
  const child = fork(fileURLToPath(new URL(`${name}.js`, import.meta.url)), args)
  const hello = (await firstMessage(child)) as Hello
  return {
    hello,
    send: (message) => void child.send(message),
    async stop() {
      const ended = once(child, 'exit')
      child.disconnect()
      await ended
    },
  }
}

/** Rejects if the process ends before it said anything. */
export function firstMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${child.spawnargs[1]} ended with ${code}`)))
  })
}
