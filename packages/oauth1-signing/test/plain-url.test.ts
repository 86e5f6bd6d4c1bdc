import { expect, it } from 'vitest'
import { splitSentUrl } from '../src/base-string-uri.ts'
import { splitPlainUrl } from '../src/plain-url.ts'

it('splits a URL alike the first time and again, with more paths between than are remembered', () => {
  const paths = Array.from({ length: 100 }, (_, index) => `/v1/api/order/${index}:a@b`)
  const long = `/${'a/'.repeat(200)}`
  for (const path of [...paths, long, ...paths, long]) {
    const url = `https://api.ibkr.com${path}?a=1`
    const split = splitPlainUrl(url)
    expect(split).toEqual(splitSentUrl(url))
    expect(splitPlainUrl(url)).toEqual(split)
  }
})
