import {
  type Encoder,
  formUrlEncoded,
  lowerCaseHex,
  quote,
  quotePlus,
  rfc3986,
  uriComponent,
  uriComponentPlus,
} from '../encoders.ts'
import type { Mistake, SigningPlan, Variant } from '../types.ts'

const encoders: readonly (readonly [Encoder, string])[] = [
  [uriComponent, "encodeURIComponent leaves ! ' ( ) * raw."],
  [uriComponentPlus, "encodeURIComponent with a space as +; ! ' ( ) * stay raw."],
  [quotePlus, 'Python quote_plus writes a space as +.'],
  [quote, 'Python quote leaves / raw.'],
  [formUrlEncoded, 'Form encoding writes a space as + and leaves * raw.'],
  [lowerCaseHex, 'The hexadecimal digits of the escapes are in lower case.'],
]

export const wrongPercentEncoding: Mistake = {
  name: 'wrong-percent-encoding',
  summary: 'Percent-encoding differs from RFC 5849 3.6.',
  remedy: 'Encode every byte but A-Z a-z 0-9 - . _ ~ as %XX with upper-case hexadecimal digits.',
  variants: (plan) => encoders.flatMap(([encoder, detail]) => replaced(plan, encoder, detail)),
}

function replaced(plan: SigningPlan, encoder: Encoder, detail: string): Variant[] {
  const swap = (used: Encoder): Encoder => (used === rfc3986 ? encoder : used)
  const outer = { encodeUri: encoder, encodeParameters: encoder }
  return [
    { plan: { ...plan, ...outer, encodePart: swap(plan.encodePart) }, detail },
    { plan: { ...plan, encodePart: swap(plan.encodePart) }, detail },
    { plan: { ...plan, ...outer }, detail },
    { plan: { ...plan, encodeParameters: encoder }, detail },
    { plan: { ...plan, encodeUri: encoder }, detail },
  ]
}
