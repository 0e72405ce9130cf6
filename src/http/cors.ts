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
