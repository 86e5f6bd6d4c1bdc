/** Why keys were not made. */
export type KeygenErrorCode = 'ERR_CLI_FILE_EXISTS' | 'ERR_CLI_PASSPHRASE'

/** Keys were not made; the message says what to do. */
export class KeygenError extends Error {
  override readonly name = 'KeygenError'
  readonly code: KeygenErrorCode

  constructor(code: KeygenErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
