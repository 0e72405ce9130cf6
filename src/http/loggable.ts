/** What an error may say of itself in a log. A database's `detail`, `where` and the like hold values of rows. */
const told = ['code', 'syscall', 'address', 'port', 'schema', 'table', 'column', 'constraint'] as const;

/** Of text that cannot be read as a number, a time and the like, Postgres's sentence ends with the text. */
const unreadable = /^22/;
const MOST_CAUSES = 5;

/** A copy of an error that is fit for a log, with those that caused it; anything else as it is. */
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
