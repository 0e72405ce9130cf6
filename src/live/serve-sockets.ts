import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { handleProtocols } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { allowsOrigin } from '../http/cors.js';
import { handBack, isWebSocket, refuseUpgrade } from '../http/upgrade.js';
import { Refusal } from '../http/refusal.js';
import { closing } from './close-codes.js';
import { Connection } from './connection.js';
import { protocolServer, type ProtocolParts } from './protocol.js';

const MOST_MESSAGE_BYTES = 256 * 2 ** 10;
/** Sockets that have shown no token yet. */
const MOST_UNADMITTED = 1_000;
const STOP_MS = 1_000;

/** Subscriptions, and queries too, over WebSockets at the path of GraphQL. */
export function serveSockets(fastify: FastifyInstance, parts: ProtocolParts): void {
  const protocol = protocolServer(parts);
  const { settings } = parts.streams;
  const options = { noServer: true, clientTracking: false, perMessageDeflate: false, maxPayload: MOST_MESSAGE_BYTES };
  const sockets = new WebSocketServer({ ...options, handleProtocols });
  const connections = new Set<Connection>();
  let stopping = false;

  fastify.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    if (!isWebSocket(request)) return handBack(fastify.server, request, { socket, head });
    const refusal = refusalOf(request);
    if (refusal !== null) return refuseUpgrade(socket, refusal);
    sockets.handleUpgrade(request, socket, head, (ws) => open(new Connection(ws, request)));
  });

  function refusalOf({ url = '', headers }: IncomingMessage): Refusal | null {
    if (!/^\/graphql\/?(?:\?|$)/.test(url))
      return new Refusal(404, 'NOT_FOUND', 'No socket can be opened at this path.');
    if (!allowsOrigin(headers, settings.corsOrigins))
      return new Refusal(403, 'FORBIDDEN', `CORS_ORIGINS does not name the origin ${headers.origin!.slice(0, 200)}.`);
    const unadmitted = [...connections].filter(({ scope }) => scope === null).length;
    const full = stopping || unadmitted >= MOST_UNADMITTED;
    return full ? new Refusal(503, 'UNAVAILABLE', 'No socket can be opened now: try again later.') : null;
  }

  function open(connection: Connection): void {
    connections.add(connection);
    const closed = protocol.opened(connection, connection);
    connection.ws.once('close', (code, reason) => {
      connections.delete(connection);
      void closed(code, reason.toString());
    });
  }

  const checking = setInterval(() => {
    for (const connection of connections) connection.check(settings.socketIdleMs);
  }, settings.socketPingMs);

  fastify.addHook('preClose', async () => {
    stopping = true;
    clearInterval(checking);
    await closeAll(connections);
  });
}

async function closeAll(connections: ReadonlySet<Connection>): Promise<void> {
  const closed = [...connections].map((connection) => new Promise<void>((resolve) => connection.onLeave(resolve)));
  for (const connection of connections) connection.close(closing.restart, 'RESTART: connect again, and resume.');
  const cut = setTimeout(() => [...connections].forEach(({ ws }) => ws.terminate()), STOP_MS);
  await Promise.all(closed);
  clearTimeout(cut);
}
