/** Codes of failures that pacing causes before anything is sent. */
export const pacingErrorCodes = ['ERR_TRANSPORT_PENALTY_BOX', 'ERR_TRANSPORT_PACING_WAIT'] as const
