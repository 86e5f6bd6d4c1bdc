import { invalidInput } from './errors.ts'

/** Only that there is one: the documents disagree on its length and alphabet. */
export function requireConsumerKey(consumerKey: string): void {
  if (typeof consumerKey !== 'string' || consumerKey === '')
    throw invalidInput('consumerKey must be a non-empty string.')
}
