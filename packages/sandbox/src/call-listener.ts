/** Calls a listener of a stranger: what it throws is a warning of the process, and ends nothing here. */
export function callListener<Told>(listener: (told: Told) => void, told: Told): void {
  try {
    listener(told)
  } catch (error) {
    process.emitWarning(
      error instanceof Error ? error : 'A listener of the sandbox threw what is not an Error',
    )
  }
}
