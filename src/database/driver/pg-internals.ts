import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import type pg from 'pg';

// All that is used here of pg and pg-protocol beside what they document. Both are pinned, and
// test/database/pg-internals.spec.ts names what another version lacks.

/** A client's connection. */
export interface Connection {
  /** Called once for a stream, and again for the encrypted one in its place. */
  attachListeners: (stream: Duplex) => void;
  /** Messages by their names, but for `error`, which is `errorMessage`. */
  emit(event: string, message: Message): void;
}

export interface Message {
  readonly name: string;
  readonly fields?: readonly (string | null)[];
}

/** `length` counts itself, but not the code before it; `offset` is behind both. */
export type Packet = [offset: number, code: number, length: number, bytes: Buffer];

export interface Parser {
  parse(chunk: Buffer, heard: (message: Message) => void): void;
  handlePacket: (...packet: Packet) => Message;
}

export function connectionOf(client: pg.Client): Connection {
  return client.connection as unknown as Connection;
}

/** Loaded when it is first wanted: plain pg does without it. */
export function newParser(): Parser {
  const require = createRequire(import.meta.url);
  const { Parser } = require('pg-protocol/dist/parser.js') as { Parser: new () => Parser };
  return new Parser();
}

/** The server's process that works for a client. */
export function processOf(client: pg.PoolClient): number {
  return (client as pg.PoolClient & { processID: number }).processID;
}
