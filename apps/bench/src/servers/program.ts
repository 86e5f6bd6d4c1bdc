import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Starts a program of this folder in a process of its own, so that it does not work on its client's time. */
export async function startProgram<Hello>(name: string, ...args: readonly string[]) {
  const child = fork(fileURLToPath(new URL(`${name}.js`, import.meta.url)), args)
  const hello = await new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new Error(`${name} ended with ${code} before it said anything`)))
  })
  return {
    /** Its first message, with which it is ready. */
    hello: hello as Hello,
    send: (message: object): void => void child.send(message),
  }
}
