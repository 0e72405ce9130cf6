import type { Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyServerOptions } from 'fastify';
import { AppModule } from './app.module.js';
import type { Clock } from './settings/clock.js';
import { ServiceLogger } from './http/service-logger.js';
import { answerFailure } from './http/answer-failure.js';
import { RefusalFilter } from './http/refusal.filter.js';
import { readBodies } from './http/body-rules.js';
import type { Settings } from './settings/settings.js';

/** The whole service over HTTP, not listening yet. */
export async function createServer(settings: Settings, clock: Clock): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter(httpOptions);
  const fastify: FastifyInstance = adapter.getInstance();
  readBodies(fastify, settings);
  answerEarlyFailures(fastify);
  closeConnectionsAtStop(fastify);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(settings, clock), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new ServiceLogger(settings),
  });
  app.useGlobalFilters(new RefusalFilter());
  allowOrigins(app, settings.corsOrigins);
  return app;
}

/** A body that cannot be read fails before Nest's filters come in; queries answer in GraphQL's own form. */
function answerEarlyFailures(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    if (route.url !== '/graphql') route.errorHandler ??= answerFailure;
  });
}

/**
 * At a stop Node ends what is idle once. It would wait for the connections that a request in flight held then, which
 * clients keep, and for those that never asked anything, which are no idle ones to it.
 */
function closeConnectionsAtStop(fastify: FastifyInstance): void {
  const silent = new Set<Socket>();
  fastify.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  fastify.server.on('request', ({ socket }) => silent.delete(socket));
  fastify.addHook('preClose', (done) => {
    const close = (): void => {
      for (const socket of silent) socket.destroy();
      fastify.server.closeIdleConnections();
    };
    close();
    const closing = setInterval(close, 100);
    fastify.server.once('close', () => clearInterval(closing));
    done();
  });
}

/** What pages of `CORS_ORIGINS` may ask. */
const asked = /^\/(?:graphql$|export\/)/;

function allowOrigins(app: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  const allowed = origins.includes('*') ? '*' : [...origins];
  app.enableCors({
    delegator: (request, callback) => {
      callback(null, { origin: asked.test(request.url.split('?')[0] ?? '') ? allowed : false });
    },
  });
}

const unreadable: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** What is not HTTP, or ends too early, never reaches a route. */
const refuseUnreadable: FastifyServerOptions['clientErrorHandler'] = (error, socket) => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const body = JSON.stringify({ code: 'BAD_REQUEST', message: 'The request is not readable as HTTP.' });
  const head = `HTTP/1.1 ${unreadable[error.code] ?? '400 Bad Request'}\r\nContent-Type: application/json\r\nConnection: close`;
  if (socket.writable) socket.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  socket.destroy(error);
};

const httpOptions = {
  requestTimeout: 30_000,
  // Longer than LiveKit keeps an idle connection (90 s): who closes it must not be the one who is written to.
  keepAliveTimeout: 95_000,
  // What still comes over a kept connection while the service stops is taken, and its answer closes the connection.
  return503OnClosing: false,
  clientErrorHandler: refuseUnreadable,
  frameworkErrors: answerFailure,
} satisfies FastifyServerOptions;
