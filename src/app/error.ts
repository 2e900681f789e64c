/**
 * Errors by fault. Whose fault an error is decides what leaves the process:
 * - `caller`: a code and one sentence the caller can act on;
 * - `limit`: the same, and when to try again;
 * - `ours`: an id only; the log has the rest.
 */
export type Fault = 'caller' | 'limit' | 'ours';

/** What crosses the wire in place of an answer. `code` is stable; browsers translate it. */
export interface WireError {
  readonly fault: Fault;
  readonly code: string;
  readonly message: string;
  readonly retry_after_ms?: number;
  /** Of `ours` only: the id under which the log has the cause. */
  readonly id?: string;
}

/** A refusal that is the caller's doing. `status` is the HTTP status of the RPC door. */
export class CallerError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, message: string, status = 400) {
    super(message);
    this.name = 'CallerError';
    this.code = code;
    this.status = status;
  }
}

/** A limit was reached; `retry_after_ms` says when the same call may succeed. */
export class LimitError extends Error {
  readonly code: string;
  readonly retry_after_ms: number;
  readonly status = 429;
  constructor(code: string, message: string, retry_after_ms: number) {
    super(message);
    this.name = 'LimitError';
    this.code = code;
    this.retry_after_ms = Math.ceil(retry_after_ms);
  }
}

/** A part of the server is down for now (database restarting, engine starting): try again soon. */
export class UnavailableError extends Error {
  readonly code: string;
  readonly retry_after_ms: number;
  readonly status = 503;
  constructor(code: string, message: string, retry_after_ms = 1000) {
    super(message);
    this.name = 'UnavailableError';
    this.code = code;
    this.retry_after_ms = retry_after_ms;
  }
}

/** A wrong setting or a missing prerequisite: one sentence, no stack, exit status 1. */
export class OperatorError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'OperatorError';
  }
}

/** The error in the caller's terms, with its HTTP status; anything unknown becomes `ours`. */
export function toWire(cause: unknown, id: string): { status: number; error: WireError } {
  if (cause instanceof CallerError) {
    const { code, message, status } = cause;
    return { status, error: { fault: 'caller', code, message } };
  }
  if (cause instanceof LimitError || cause instanceof UnavailableError) {
    const { code, message, status, retry_after_ms } = cause;
    const fault = cause instanceof LimitError ? 'limit' : 'ours';
    return { status, error: { fault, code, message, retry_after_ms } };
  }
  return {
    status: 500,
    error: {
      fault: 'ours',
      code: 'app.internal',
      message: `Something failed on the server. Its log has the cause under ${id}.`,
      id,
    },
  };
}
