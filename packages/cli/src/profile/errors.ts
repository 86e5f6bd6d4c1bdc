/** A setting is missing or cannot be used. The message names it and says where to put it; it never holds its value. */
export class SettingError extends Error {
  override readonly name = 'SettingError'
  readonly code = 'ERR_CLI_SETTING'
  /** Which setting: its name in the JSON file, or the option of the command line. */
  readonly setting: string

  constructor(setting: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.setting = setting
  }
}
