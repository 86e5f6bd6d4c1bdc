import { invalidInput } from '../errors.ts'
import { isObject } from '../request/body.ts'
import type { Streams } from '../ws/streams.ts'
import { flag, type Make, mustBeTrue, type Reader, read, safeInteger, text } from './members.ts'

/** What a script can do to the WebSockets over HTTP; each as the method of `sandbox.streams` with that name does it. */
const changes: Readonly<Record<string, Reader<Streams>>> = {
  drop: (value, name) => {
    mustBeTrue(value, name)
    return (streams) => streams.drop()
  },
  close: (value, name) => {
    const code = safeInteger(value, name)
    return (streams) => streams.close(code)
  },
  freeze: (value, name) => {
    const isWanted = flag(value, name)
    return (streams) => streams.freeze(isWanted)
  },
  slow: (value, name) => {
    const ms = safeInteger(value, name)
    return (streams) => streams.slow(ms)
  },
  split: (value, name) => {
    const isWanted = flag(value, name)
    return (streams) => streams.split(isWanted)
  },
  binary: (value, name) => {
    const isWanted = flag(value, name)
    return (streams) => streams.binary(isWanted)
  },
  garbage: (value, name) => {
    const sent = value === true ? undefined : text(value, name)
    return (streams) => streams.garbage(sent)
  },
  status: (value, name) => {
    if (!isObject(value)) throw invalidInput(`${name} must be an object`)
    const args = value as Readonly<Record<string, boolean | string>>
    return (streams) => streams.status(args)
  },
  notify: (value, name) => {
    if (!isObject(value)) throw invalidInput(`${name} must be an object`)
    return (streams) => streams.notify(value)
  },
  bulletin: (value, name) => {
    const message = text(value, name)
    return (streams) => streams.bulletin(message)
  },
}

/** Reads a script for the WebSockets. @throws {SandboxError} `ERR_SANDBOX_INVALID_INPUT`. */
export function changesOfStreams(input: unknown): readonly Make<Streams>[] {
  if (!isObject(input)) throw invalidInput('streams must be an object')
  return read(input, changes)
}
