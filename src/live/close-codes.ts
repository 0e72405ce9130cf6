/** How this service closes sockets; clients of graphql-ws connect again upon all but 4400, 4401 and 4409. */
export const closing = {
  idle: 1000,
  restart: 1012,
  tryLater: 1013,
  badRequest: 4400,
  unauthenticated: 4401,
  /** The token grants no reading, or has expired: a new one may. */
  forbidden: 4403,
  /** Connect again, and resume after the last cursor. */
  slowReader: 4413,
  internal: 4500,
} as const;
