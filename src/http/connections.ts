import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyHttpOptions, FastifyInstance, FastifyServerOptions } from 'fastify';
import { answerFailure } from './answer-failure.js';

const byErrorCode: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

/** Answers what cannot be read as HTTP, and so never reaches a route. */
const refuseUnreadable: FastifyServerOptions['clientErrorHandler'] = (error, socket) => {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const body = JSON.stringify({ code: 'BAD_REQUEST', message: 'The request is not readable as HTTP.' });
  const head = `HTTP/1.1 ${byErrorCode[error.code] ?? '400 Bad Request'}\r\nContent-Type: application/json\r\nConnection: close`;
  if (socket.writable) socket.write(`${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  socket.destroy(error);
};

export const httpOptions = {
  // Headers, and headers with body, however slowly they come.
  http: { headersTimeout: 10_000, connectionsCheckingInterval: 1_000 },
  requestTimeout: 30_000,
  // A connection on which nothing moves, be it that the client does not read its answer.
  connectionTimeout: 120_000,
  // Longer than LiveKit keeps an idle connection (90 s): the side that writes must not be the one that closes.
  keepAliveTimeout: 95_000,
  // While the service stops it still takes requests over open connections; each answer closes its connection.
  return503OnClosing: false,
  clientErrorHandler: refuseUnreadable,
  frameworkErrors: answerFailure,
} satisfies FastifyHttpOptions<Server>;

/**
 * Closes idle connections for as long as the service stops. Node does so only once, and would then wait for those that
 * became idle later, and for those that never sent a request.
 */
export function closeIdleConnectionsAtStop(fastify: FastifyInstance): void {
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
