import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions, FastifyInstance, FastifyServerOptions } from 'fastify';
import { answerFailure } from './answer-failure.js';

const byErrorCode: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what is not HTTP and so reaches no route. */
const refuseUnreadable: FastifyServerOptions['clientErrorHandler'] = (error, socket) => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const body = JSON.stringify({ code: 'BAD_REQUEST', message: 'The request is not readable as HTTP.' });
  const head = `HTTP/1.1 ${byErrorCode[error.code] ?? '400 Bad Request'}\r\nContent-Type: application/json\r\nConnection: close`;
  if (socket.writable) socket.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  socket.destroy(error);
};

export const httpOptions = {
  // LiveKit drops an event for good that got a 404, and its samples of the Analytics API end with a slash.
  rewriteUrl: ({ url = '/' }) => url.replace(/^(\/webhook|\/api\/project\/[^/?]+\/sessions)\/(?=\?|$)/, '$1'),
  // For the headers, and below for the whole request.
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
  requestTimeout: 30_000,
  // Closes connections on which nothing moves, such as one whose client does not read its answer.
  connectionTimeout: 120_000,
  // Longer than the 90 s that LiveKit keeps an idle connection: the client must close first, or it may write to a
  // closed one.
  keepAliveTimeout: 95_000,
  // A stopping service still takes requests on open connections; each answer closes its connection.
  return503OnClosing: false,
  clientErrorHandler: refuseUnreadable,
  frameworkErrors: answerFailure,
} satisfies FastifyHttpOptions<Server>;

/**
 * Closes idle connections until the service has stopped. Node does so once, and would wait for those that become idle
 * later and those that never send a request.
 */
export function closeIdleConnectionsAtStop(fastify: FastifyInstance): void {
  const silent = new Set<Socket>();
  fastify.server.on('connection', (socket: Socket) => {
    silent.add(socket);
    socket.once('close', () => silent.delete(socket));
  });
  for (const used of ['request', 'upgrade']) {
    fastify.server.on(used, ({ socket }: IncomingMessage) => silent.delete(socket));
  }
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
