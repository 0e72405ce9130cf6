import type { IncomingHttpHeaders } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** The paths that pages of `CORS_ORIGINS` may call. */
const shared = /^\/(?:graphql\/?$|export\/)/;

export function allowOrigins(app: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = origins.includes('*') ? '*' : [...origins];
  app.enableCors({
    delegator: (request, callback) => {
      callback(null, { origin: shared.test(request.url.split('?')[0] ?? '') ? allowed : false });
    },
  });
}

/**
 * Browsers let any page open a socket, and tell which one does: it must be one of this service, whatever name a proxy has
 * for it, or of `CORS_ORIGINS`.
 */
export function allowsOrigin(headers: IncomingHttpHeaders, origins: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || origins.includes('*') || origins.includes(origin)) return true;
  const own = [host, ...String(headers['x-forwarded-host'] ?? '').split(',')].map((name) => name?.trim());
  return URL.canParse(origin) && own.includes(new URL(origin).host);
}
