/// <reference lib="esnext.disposable" preserve="true" />

export {
  type AnswerExchangeInput,
  type AnswerExchangeOptions,
  type AnsweredExchange,
  answerExchange,
  type LiveSessionTokenWireResponse,
} from './server/answer-exchange.ts'
export {
  type EncryptAccessTokenSecretOptions,
  encryptAccessTokenSecret,
} from './server/encrypt-access-token-secret.ts'
