/** Codes of {@link TransportError} that come from pacing. */
export const pacingErrorCodes = ['ERR_TRANSPORT_PENALTY_BOX'] as const
