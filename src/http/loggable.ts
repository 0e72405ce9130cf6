/** Fields of an error that may be logged. A database error's `detail`, `where` and others hold values of rows. */
const told = ['code', 'syscall', 'address', 'port', 'schema', 'table', 'column', 'constraint'] as const;

/** Postgres ends some messages with the value it could not read. */
const unreadable = /^22/;
const MOST_CAUSES = 5;

/** A copy of an error and its causes without values of rows; anything else unchanged. */
export function loggable(value: unknown, depth = 0): unknown {
  if (!(value instanceof Error) || depth > MOST_CAUSES) return value instanceof Error ? value.name : value;
  const { cause, errors, ...own } = value as Error & { errors?: unknown } & Partial<Record<string, unknown>>;
  const message = unreadable.test(String(own['code'])) ? value.message.replace(/: ".*$/s, '') : value.message;
  const copy = Object.assign(new Error(message, cause instanceof Error ? { cause: loggable(cause, depth + 1) } : {}), {
    ...Object.fromEntries(told.filter((key) => own[key] !== undefined).map((key) => [key, own[key]])),
    ...(Array.isArray(errors) && { errors: errors.map((error) => loggable(error, depth + 1)) }),
  });
  const hidden = { enumerable: false, configurable: true, writable: true };
  Object.defineProperty(copy, 'name', { ...hidden, value: value.name });
  Object.defineProperty(copy, 'stack', { ...hidden, value: value.stack?.replace(value.message, () => message) });
  return copy;
}
