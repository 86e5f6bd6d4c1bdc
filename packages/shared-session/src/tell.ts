import { containRejection } from '@ibkr-auth/internal/channel'

/** A listener of somebody else's may throw, at once or later; that stops nothing, and nobody else from hearing. */
export function tell<Event>(
  listener: (event: Event) => void,
  event: Event,
  onError: (error: unknown) => void,
): void {
  try {
    containRejection(listener(event), onError)
  } catch (error) {
    onError(error)
  }
}
