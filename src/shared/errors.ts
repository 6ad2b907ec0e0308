/** The closed set of codes a client can meet. Each is described in docs/errors.md. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'CONFLICT'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNAVAILABLE'
  | 'INTERNAL_SERVER_ERROR';

/** An error whose message is meant for the client, word for word. */
export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'DomainError';
  }
}

/** Bad input. The message starts with the argument's path, then says what is wrong and what would be right. */
export class BadUserInput extends DomainError {
  constructor(argument: string, problem: string) {
    super('BAD_USER_INPUT', `${argument}: ${problem}`);
  }
}

/**
 * A reason not to start: printed as one line that names the way out, without a stack, and the process exits
 * with code 1.
 */
export class StartupError extends Error {
  override readonly name = 'StartupError';
}
