import pino, { type DestinationStream, type Logger } from 'pino';

export type { Logger };

/**
 * Structured logs, one JSON object a line, on standard output unless a destination is given.
 * Secrets never reach it: connection settings are logged by their `description` only.
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: undefined, timestamp: pino.stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}
