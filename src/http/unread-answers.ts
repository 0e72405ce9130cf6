import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** Of requests sent on one connection without waiting for answers: each waits in memory for those before it. */
const MOST_AT_ONCE = 16;
const MOST_UNREAD_MS = 60_000;
const SWEEP_MS = 5_000;

interface Waiting {
  answers: ServerResponse[];
  /** When a complete answer was first seen unread. */
  since: number | null;
}

/** Closes connections that send many requests at once, or leave a complete answer unread for a minute. */
export function boundUnreadAnswers(fastify: FastifyInstance): void {
  const connections = new Map<Socket, Waiting>();
  fastify.server.on('connection', (socket: Socket) => {
    connections.set(socket, { answers: [], since: null });
    socket.once('close', () => connections.delete(socket));
  });
  fastify.addHook('onRequest', ({ raw: { socket } }, reply, done) => {
    const waiting = connections.get(socket);
    if (waiting === undefined) return;
    waiting.answers = waiting.answers.filter((answer) => !answer.writableFinished);
    if (waiting.answers.push(reply.raw) <= MOST_AT_ONCE) return done();
    socket.destroy();
  });
  const sweeping = setInterval(() => {
    for (const [socket, waiting] of connections) closeIfUnread(socket, waiting);
  }, SWEEP_MS);
  fastify.server.once('close', () => clearInterval(sweeping));
}

function closeIfUnread(socket: Socket, waiting: Waiting): void {
  const [first] = waiting.answers;
  if (!first?.writableEnded || first.writableFinished) waiting.since = null;
  else waiting.since ??= performance.now();
  if (waiting.since !== null && performance.now() - waiting.since >= MOST_UNREAD_MS) socket.destroy();
}
