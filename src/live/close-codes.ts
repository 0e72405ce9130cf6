export const closing = {
  idle: 1000,
  restart: 1012,
  tryLater: 1013,
  badRequest: 4400,
  unauthenticated: 4401,
  /** The token grants no reading, or has expired: a new one may. */
  forbidden: 4403,
  slowReader: 4413,
  internal: 4500,
} as const;
