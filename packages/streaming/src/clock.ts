export { type Clock, systemClock } from '@ibkr-auth/internal/clock'
