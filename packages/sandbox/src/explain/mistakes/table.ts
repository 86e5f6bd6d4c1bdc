import type { Mistake } from '../types.ts'
import { wrongPercentEncoding } from './encoding.ts'
import { leadingZeroByte, lstAsText, lstReplaced, lstWithAmpersand, secretAsText, wrongKey } from './key.ts'
import { bodySigned, formOmitted, parameterNotSigned, parametersUnsorted, realmSigned } from './parameters.ts'
import { prefixMissing, prefixUnexpected, prefixWrong } from './prefix.ts'
import { queryInUrl, queryOmitted, querySigned, valuesEncodedOnce, valuesNotEncoded } from './query.ts'
import { methodCase, wrongHost, wrongMethod, wrongPath, wrongPort, wrongScheme } from './target.ts'

/**
 * The known mistakes in a signature. Where two of them produce the same bytes, the earlier one is named:
 * the particular before the general.
 */
export const signatureMistakes: readonly Mistake[] = [
  queryOmitted,
  querySigned,
  queryInUrl,
  formOmitted,
  realmSigned,
  bodySigned,
  valuesEncodedOnce,
  valuesNotEncoded,
  wrongPercentEncoding,
  methodCase,
  wrongMethod,
  wrongScheme,
  wrongPort,
  wrongHost,
  wrongPath,
  prefixMissing,
  prefixWrong,
  prefixUnexpected,
  wrongKey,
  lstAsText,
  lstWithAmpersand,
  leadingZeroByte,
  secretAsText,
  lstReplaced,
  parametersUnsorted,
  parameterNotSigned,
]
