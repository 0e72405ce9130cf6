import { createRequire } from 'node:module';
import type { Duplex } from 'node:stream';
import pg from 'pg';

// Everything used of pg and pg-protocol beyond their documentation. Both are pinned; test/database/pg-internals.spec.ts
// names what another version lacks.

export interface Connection {
  /** Called for each stream: the plain one, then the encrypted one that replaces it. */
  attachListeners: (stream: Duplex) => void;
  /** Events are named after messages, except that `error` is `errorMessage`. */
  emit(event: string, message: Message): void;
}

export interface Message {
  readonly name: string;
  readonly fields?: readonly (string | null)[];
  /** In bytes. */
  readonly length?: number;
}

/** `length` counts itself but not the code byte before it; `offset` is after both. */
export type Packet = [offset: number, code: number, length: number, bytes: Buffer];

export interface Parser {
  parse(chunk: Buffer, heard: (message: Message) => void): void;
  handlePacket: (...packet: Packet) => Message;
}

export function connectionOf(client: pg.Client): Connection {
  return client.connection as unknown as Connection;
}

export interface Field {
  readonly name: string;
}

export type RowMaker = (cells: readonly (string | null)[]) => object;

export interface OwnQuery {
  name: string;
  text: string;
  values: unknown[] | undefined;
  /** Rows are kept once it is true. */
  _accumulateRows: boolean;
  readonly _result: {
    readonly rows: object[];
    fields: readonly Field[];
    _parsers: readonly unknown[];
    _types: pg.CustomTypesConfig | undefined;
    parseRow: RowMaker;
  };
  hasBeenParsed(connection: object): boolean;
  /** Sends the statement; its columns are asked for by `describe` of the connection. */
  prepare(connection: object): void;
  handleRowDescription(message: object): void;
  handleDataRow(message: { readonly length: number }): void;
}

export const Query = pg.Query as unknown as new (text: string) => OwnQuery;

/** Loaded on first use: the plain driver does not need it. */
export function newParser(): Parser {
  const require = createRequire(import.meta.url);
  const { Parser } = require('pg-protocol/dist/parser.js') as { Parser: new () => Parser };
  return new Parser();
}

export function processOf(client: pg.Client | pg.PoolClient): number {
  return (client as unknown as { processID: number }).processID;
}
