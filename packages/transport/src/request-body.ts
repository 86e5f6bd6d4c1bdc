import { encodeParameters } from './encode-parameters.ts'
import type { RequestOptions } from './request.ts'
import { TransportError } from './transport-error.ts'

/** A body ready to be sent. */
export interface RequestBody {
  readonly content: string | Uint8Array | undefined
  /** What the body is, if the caller's headers do not say. */
  readonly contentType: string | undefined
}

const none: RequestBody = { content: undefined, contentType: undefined }

/** Turns `body`, `json` or `form` into what is sent. */
export function encodeBody(options: RequestOptions): RequestBody {
  const { body, json, form } = options
  if (body === undefined && json === undefined && form === undefined) return none
  if (Number(body !== undefined) + Number(json !== undefined) + Number(form !== undefined) > 1) {
    throw invalid('give at most one of body, json and form')
  }
  if (form !== undefined) {
    return { content: encodeParameters(form), contentType: 'application/x-www-form-urlencoded' }
  }
  if (json !== undefined) return { content: encodeJson(json), contentType: 'application/json' }
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw invalid('body must be a string or bytes')
  return { content: body, contentType: undefined }
}

function encodeJson(value: unknown): string {
  try {
    const text = JSON.stringify(value)
    if (typeof text === 'string') return text
  } catch (cause) {
    throw new TransportError('ERR_TRANSPORT_INVALID_INPUT', 'json must be a value that JSON can express', {
      cause,
    })
  }
  throw invalid('json must be a value that JSON can express')
}

function invalid(message: string): TransportError {
  return new TransportError('ERR_TRANSPORT_INVALID_INPUT', message)
}
