import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { AppModule } from './app.module.js';
import { answerFailure } from './http/answer-failure.js';
import { setBodyRules } from './http/body-rules.js';
import { compressAnswers } from './http/compression.js';
import { closeIdleConnectionsAtStop, httpOptions } from './http/connections.js';
import { allowOrigins } from './http/cors.js';
import { RefusalFilter } from './http/refusal.filter.js';
import { ServiceLogger } from './http/service-logger.js';
import { boundUnreadAnswers } from './http/unread-answers.js';
import type { Clock } from './settings/clock.js';
import type { Settings } from './settings/settings.js';

/** Does not listen yet. */
export async function createServer(settings: Settings, clock: Clock): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(httpOptions);
  const fastify: FastifyInstance = adapter.getInstance();
  setBodyRules(fastify, settings);
  compressAnswers(fastify);
  answerEarlyFailures(fastify);
  boundUnreadAnswers(fastify);
  closeIdleConnectionsAtStop(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(settings, clock), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new ServiceLogger(settings),
  });
  app.useGlobalFilters(new RefusalFilter());
  allowOrigins(app, settings.corsOrigins);
  return app;
}

/** A body that cannot be read fails before Nest's filters run. GraphQL answers failures in its own form. */
function answerEarlyFailures(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    route.errorHandler ??= answerFailure;
  });
}
