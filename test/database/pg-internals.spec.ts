import { readFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { connection } from '../../src/database/connection.js';
import {
  connectionOf,
  type Message,
  newParser,
  type Parser,
  processOf,
  Query,
} from '../../src/database/driver/pg-internals.js';
import { createEmptyDatabase } from '../support/database.js';

const hint = 'This version of pg is another than the fast driver knows: DATABASE_DRIVER=plain does without it.';

let url: string;

beforeAll(async () => {
  const database = await createEmptyDatabase();
  url = database.url;
  return () => database.drop();
});

test('pg and pg-protocol are pinned', () => {
  const { dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as { dependencies: Record<string, string> };
  const exact = expect.stringMatching(/^\d+\.\d+\.\d+$/);
  expect(dependencies).toMatchObject({ pg: exact, 'pg-protocol': exact });
});

/** A row of one text, and what follows it. */
const row = Buffer.from([...Buffer.from('D'), 0, 0, 0, 11, 0, 1, 0, 0, 0, 1, ...Buffer.from('a')]);
const ready = Buffer.from([...Buffer.from('Z'), 0, 0, 0, 5, ...Buffer.from('I')]);

describe('Parser of pg-protocol/dist/parser.js', () => {
  const parsed = (chunks: readonly Buffer[], parser = newParser()): Message[] => {
    const messages: Message[] = [];
    for (const chunk of chunks) parser.parse(chunk, (message) => messages.push(message));
    return messages;
  };

  test('parse tells messages', () => {
    const [first, second] = parsed([row, ready]);
    expect(first, hint).toMatchObject({ name: 'dataRow', fields: ['a'] });
    expect(second, hint).toMatchObject({ name: 'readyForQuery' });
  });

  test('parse gives handlePacket each packet that is complete, and tells what that answers', () => {
    const parser = newParser();
    const handlePacket = vi.fn<Parser['handlePacket']>(() => ({ name: 'ours' }));
    parser.handlePacket = handlePacket;
    const bytes = Buffer.concat([row, ready]);
    expect(parsed([bytes.subarray(0, 7), bytes.subarray(7)], parser), hint).toEqual([
      { name: 'ours' },
      { name: 'ours' },
    ]);
    const told = handlePacket.mock.calls.map(([offset, code, length, whole]) => [
      String.fromCharCode(code),
      length,
      whole.subarray(offset, offset + length - 4).toString('hex'),
    ]);
    expect(told, hint).toEqual([
      ['D', 11, row.subarray(5).toString('hex')],
      ['Z', 5, ready.subarray(5).toString('hex')],
    ]);
  });
});

describe('a client of pg', () => {
  test('connection.attachListeners is given the stream, and nothing else listens to it', async () => {
    const client = new pg.Client(connection(url));
    const inner = connectionOf(client);
    const streams: Duplex[] = [];
    const original = inner.attachListeners.bind(inner);
    inner.attachListeners = (stream) => {
      streams.push(stream);
      expect(stream.listenerCount('data'), hint).toBe(0);
      original(stream);
    };
    await client.connect();
    expect(streams, hint).toEqual([client.connection.stream]);
    await client.end();
  });

  test('connection.emit is how it hears of messages', async () => {
    const client = new pg.Client(connection(url));
    await client.connect();
    const emit = vi.spyOn(connectionOf(client), 'emit');
    await client.query(`select 'a' as a`);
    await client.query('select wrong').catch(() => undefined);
    const heard = emit.mock.calls.map(([event, message]) => [event, message.name]);
    await client.end();
    for (const name of ['rowDescription', 'dataRow', 'commandComplete', 'readyForQuery']) {
      expect(heard, hint).toContainEqual([name, name]);
    }
    expect(heard, hint).toContainEqual(['errorMessage', 'error']);
  });

  test('processID is the process of the server', async () => {
    const pool = new pg.Pool({ ...connection(url), max: 1 });
    const client = await pool.connect();
    const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
    expect(processOf(client), hint).toBe(rows[0]!.pid);
    client.release();
    await pool.end();
  });

  test('Query has fields and parsers once it is described, and makes rows by parseRow', async () => {
    const described: unknown[] = [];
    class Own extends Query {
      override handleRowDescription(message: object): void {
        super.handleRowDescription(message);
        const { fields, _parsers } = this._result;
        described.push(
          fields.map(({ name }) => name),
          _parsers.map((parser) => typeof parser),
        );
        this._result.parseRow = (cells) => ({ cells });
      }
    }
    const client = new pg.Client(connection(url));
    await client.connect();
    const { rows } = await new Promise<pg.QueryResult>((resolve, reject) => {
      const query = client.query.bind(client) as (
        own: Own,
        done: (error: unknown, result: pg.QueryResult) => void,
      ) => void;
      query(new Own('select 1 as a, null::text as b'), (error, result) =>
        error ? reject(error as Error) : resolve(result),
      );
    });
    await client.end();
    expect(described, hint).toEqual([
      ['a', 'b'],
      ['function', 'function'],
    ]);
    expect(rows, hint).toEqual([{ cells: ['1', null] }]);
  });

  test('Query asks for columns by describe of the connection, and knows what the connection has parsed', async () => {
    const told: [parsed: boolean, described: number][] = [];
    class Own extends Query {
      override prepare(of: object): void {
        const describeColumns = vi.spyOn(of as { describe: () => void }, 'describe');
        const parsed = this.hasBeenParsed(of);
        super.prepare(of);
        told.push([Boolean(parsed), describeColumns.mock.calls.length]);
        describeColumns.mockRestore();
      }
    }
    const client = new pg.Client(connection(url));
    await client.connect();
    for (const _time of [1, 2]) {
      await new Promise<void>((resolve, reject) => {
        const own = Object.assign(new Own('select 1 as a'), { name: 'named' });
        const query = client.query.bind(client) as (own: Own, done: (error: unknown) => void) => void;
        query(own, (error) => (error ? reject(error as Error) : resolve()));
      });
    }
    await client.end();
    expect(told, hint).toEqual([
      [false, 1],
      [true, 1],
    ]);
  });
});
