import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { TokenGate } from '../access/token-gate.service.js';
import { serveSockets } from './serve-sockets.js';
import { SocketCounts } from './socket-counts.js';
import { Streams } from './streams.service.js';

@Injectable()
export class Sockets implements OnApplicationBootstrap {
  constructor(
    private readonly host: HttpAdapterHost,
    private readonly gate: TokenGate,
    private readonly streams: Streams,
  ) {}

  onApplicationBootstrap(): void {
    const { gate, streams } = this;
    const fastify = this.host.httpAdapter.getInstance<FastifyInstance>();
    serveSockets(fastify, { answering: fastify.graphql, gate, streams, counts: new SocketCounts(streams.settings) });
  }
}
