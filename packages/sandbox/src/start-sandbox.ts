import { isLoopback } from '@ibkr-auth/internal/loopback'
import { fillCredentials } from './credentials/fill-credentials.ts'
import { SandboxError } from './errors.ts'
import { listen } from './http/listen.ts'
import { type StartSandboxOptions, settingsFrom } from './options.ts'
import { assemble, type Sandbox } from './sandbox.ts'
import type { LoopbackCertificate } from './tls/loopback-certificate.ts'

/** A sandbox that listens on a port. */
export interface RunningSandbox extends Sandbox, AsyncDisposable {
  /** Stops listening and cuts what connections are left. */
  close(): Promise<void>
}

/**
 * Starts a sandbox on a free port of 127.0.0.1.
 *
 * @throws {SandboxError} `ERR_SANDBOX_HOST_NOT_LOOPBACK`, `ERR_SANDBOX_INVALID_INPUT`; or what the system says about
 *   the port, such as `EADDRINUSE`.
 */
export async function startSandbox(options: StartSandboxOptions = {}): Promise<RunningSandbox> {
  const settings = settingsFrom(options)
  const { port = 0, host = '127.0.0.1', allowNonLoopback = false } = options
  if (!isLoopback(host) && !allowNonLoopback) {
    throw new SandboxError(
      'ERR_SANDBOX_HOST_NOT_LOOPBACK',
      `host ${host} is not loopback, and the sandbox gives its log to anybody; say allowNonLoopback (--allow-non-loopback) as well if that is meant`,
    )
  }
  const complete = await fillCredentials(options.credentials ?? {})
  const tls = options.tls === true ? await loopbackTls() : undefined
  const server = await listen(host, port, tls && { key: tls.key, cert: tls.certificate })
  const { sandbox, handler, abort } = await assemble(settings, complete, server.origin, tls?.authority)
  server.handleWith(handler)
  const close = async (): Promise<void> => {
    abort()
    await server.close()
  }
  return Object.assign(sandbox, { close, [Symbol.asyncDispose]: close })
}

/** The library that writes certificates is loaded for those who speak TLS only. */
async function loopbackTls(): Promise<LoopbackCertificate> {
  const { loopbackCertificate } = await import('./tls/loopback-certificate.ts')
  return loopbackCertificate(Date.now())
}
