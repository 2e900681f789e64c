import pino from 'pino';

export type Log = pino.Logger;
export type LogLevel = 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';

/** Keys whose values never reach a log line, at any depth the project logs at. */
const secret_keys = [
  'secret',
  'token',
  'access_token',
  'door',
  'seat',
  'password',
  'authorization',
  'cookie',
  'key',
  'apiSecret',
];
const redact_paths = secret_keys.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/**
 * What a secret looks like inside free text: a JWT, a link fragment, or a token in a query string.
 * Text from child processes and error messages passes through here before it is logged.
 */
const secret_text =
  /eyJ[\w-]{5,}\.[\w-]+\.[\w-]*|#\d+\.[\w-]{20,}(?:\.[\w-]+)*|(?<=(?:access_token|join_request|token|door|secret)=)[^&\s"']+/g;

/** Replaces everything in `text` that looks like a secret. */
export function redactText(text: string): string {
  return text.replace(secret_text, '[redacted]');
}

/** The server's log: one JSON object a line on `destination` (stderr unless given). */
export function createLog(level: LogLevel, destination?: pino.DestinationStream): Log {
  const options: pino.LoggerOptions = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: redact_paths, censor: '[redacted]' },
    serializers: { err: describeError },
  };
  return pino(options, destination ?? pino.destination({ fd: 2, sync: true }));
}

function describeError(cause: unknown): unknown {
  if (!(cause instanceof Error)) return redactText(String(cause));
  return {
    type: cause.name,
    message: redactText(cause.message),
    stack: redactText(cause.stack ?? ''),
    ...(cause.cause === undefined ? {} : { cause: describeError(cause.cause) }),
  };
}
