import { describe, expect, it } from 'vitest'
import { codeOrNameOf, memberOf, reasonOf, toldError } from '../src/thrown.ts'

const withCode = (code: unknown, message: string) => Object.assign(new Error(message), { code })

describe('an error that is told', () => {
  it.each(['TRANSPORT', 'LST', 'OAUTH1', 'SSO_JWT', 'SHARED_SESSION', 'STREAM', 'CLI'])(
    'is known by its message if it is ours: ERR_%s_…',
    (own) => {
      const code = `ERR_${own}_X`
      expect(toldError(withCode(code, 'Check the\r\n key.'))).toEqual({ code, message: 'Check the key.' })
      expect(reasonOf(withCode(code, 'Check the\r\n key.'))).toBe(`${code}: Check the key`)
      expect(toldError(withCode(code, ' '))).toEqual({ code, message: code })
      expect(reasonOf(withCode(code, ''))).toBe(code)
    },
  )

  it("is known by code or name if it is anybody else's, whose message may hold a secret", () => {
    const error = Object.assign(withCode('ERR_X', 'sent Bearer s3cret'), { config: 's3cret' })
    expect(toldError(error)).toEqual({ code: 'ERR_X', message: 'ERR_X' })
    expect(reasonOf(error)).toBe('ERR_X')
    expect(toldError(withCode(7, 's3cret'))).toEqual({ code: undefined, message: 'Error' })
    expect(reasonOf(new TypeError('s3cret'))).toBe('TypeError')
  })

  it('is cut where it is longer than any of ours', () => {
    const { message } = toldError(withCode('ERR_LST_X', 'x'.repeat(1e6)))
    expect(message).toHaveLength(1_000)
  })

  it('may be anything', () => {
    const hostile = {
      get code(): string {
        throw new Error('s3cret')
      },
      name: 7,
    }
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    for (const thrown of [hostile, revoked.proxy, 's3cret', undefined, null, 7]) {
      expect(toldError(thrown)).toEqual({ code: undefined, message: 'no reason given' })
      expect(codeOrNameOf(thrown)).toBe('no reason given')
      expect(memberOf(thrown, 'code')).toBeUndefined()
    }
  })
})
