import { expect, test } from 'vitest'
import { ResponseHeaders, TransportResponse } from '../../src/http/response.ts'
import { isPermanentByDefault, recognizeRefusal } from '../../src/session/refusals.ts'

function reply(status: number, body: string): TransportResponse {
  const head = { status, headers: new ResponseHeaders({}), url: 'https://api.ibkr.com/v1/api/x' }
  return new TransportResponse(head, Buffer.from(body))
}

test.each<[number, string, string | undefined]>([
  [
    401,
    '{"type":"/simple","title":"Unauthorized","status":401,"detail":"Access token expired"}',
    'unauthenticated',
  ],
  [401, '{"error":"id: 39687, error: invalid consumer","statusCode":401}', 'unauthenticated'],
  [401, 'Unauthorized', 'unauthenticated'],
  [410, 'Gone', 'gone'],
  [400, '{"error":"Bad Request: no bridge","statusCode":400}', 'no-bridge'],
  [500, '{"error":"Please query /accounts first"}', 'accounts-missing'],
  [400, '{"error":"Please query /accounts first","statusCode":400}', 'accounts-missing'],
  [500, '{"error":"failed to generate sso dh token"}', 'no-dh-token'],
  [400, '{"error":"Bad Request: accountId is not valid: X","statusCode":400}', undefined],
  [403, '<html>Access Denied</html>', undefined],
  [429, '', undefined],
  [503, 'Service Unavailable', undefined],
  [200, '{"hmds":{"error":"no bridge"}}', undefined],
])('%i %s: %s', (status, body, expected) => {
  expect(recognizeRefusal(reply(status, body))).toBe(expected)
})

test('a long page is not searched to its end', () => {
  expect(recognizeRefusal(reply(400, `${' '.repeat(100_000)}no bridge`))).toBeUndefined()
})

test.each<[unknown, boolean]>([
  [Object.assign(new Error(), { status: 400 }), true],
  [Object.assign(new Error(), { status: 401, code: 'ERR_LST_INVALID_CONSUMER' }), true],
  [Object.assign(new Error(), { status: 410 }), true],
  [Object.assign(new Error(), { status: 408 }), false],
  [Object.assign(new Error(), { status: 429, code: 'ERR_LST_RATE_LIMITED' }), false],
  [Object.assign(new Error(), { status: 503, code: 'ERR_LST_UNAVAILABLE' }), false],
  [Object.assign(new Error(), { status: 200, code: 'ERR_LST_MALFORMED_RESPONSE' }), false],
  [Object.assign(new Error(), { code: 'ERR_LST_SIGNATURE_MISMATCH' }), true],
  [Object.assign(new Error(), { code: 'ERR_TRANSPORT_INVALID_INPUT' }), true],
  [Object.assign(new Error(), { code: 'ERR_TRANSPORT_UNREACHABLE' }), false],
  [Object.assign(new Error(), { code: 'ERR_TRANSPORT_AMBIGUOUS' }), false],
  [Object.assign(new Error(), { code: 'ERR_TRANSPORT_TIMEOUT' }), false],
  [Object.assign(new Error(), { code: 'ECONNRESET' }), false],
  [Object.assign(new Error(), { code: 'ERR_OF_A_STORE', retryable: true }), false],
  [Object.assign(new Error(), { code: 'ERR_OF_A_STORE', retryable: false }), true],
  [new TypeError('fetch failed'), false],
  ['text', false],
  [undefined, false],
])('%o stays: %s', (error, expected) => {
  expect(isPermanentByDefault(error)).toBe(expected)
})
