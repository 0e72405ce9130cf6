import { Logger } from '@nestjs/common';
import pg from 'pg';
import { CannotStart } from '../settings/cannot-start.js';
import { connection } from './connection.js';
import { placeSql } from './replica.js';
import { readFacts } from './server-facts.js';

interface Found {
  readonly standby: boolean;
  readonly isOwn: boolean;
  readonly place: readonly string[];
}

/**
 * One that is away is taken once it is there.
 * @throws CannotStart if one of them leads to anything but a standby of this database
 */
export async function requireStandbys(primaryUrl: string, urls: readonly string[]): Promise<void> {
  if (urls.length === 0) return;
  const { place } = await find(primaryUrl).catch((error: Error) => {
    const remedy = 'Grant its role EXECUTE on pg_control_system()';
    throw new CannotStart(`the database does not tell which one it is (${error.message})`, remedy);
  });
  for (const [at, url] of urls.entries()) {
    const found = await find(url).catch((error: Error) => {
      new Logger('Replicas').warn(`Replica ${at + 1} at ${new URL(url).host} is away (${error.message}).`);
    });
    const wrong = found && wrongWith(found, place);
    if (wrong) {
      throw new CannotStart(
        `DATABASE_URL_READ's URL ${at + 1}, at ${new URL(url).host}, ${wrong}`,
        'Give the URL of a streaming replica itself, with the database and schema of DATABASE_URL',
      );
    }
  }
}

function wrongWith({ standby, isOwn, place }: Found, [cluster, database, schema]: readonly string[]): string | null {
  if (!isOwn) return 'leads to a pooler, which shares connections or drops their settings';
  if (!standby) return 'leads to no standby';
  if (place[0] !== cluster) return 'leads to a standby of another server than that of DATABASE_URL';
  if (place[1] !== database) return 'leads to another database than DATABASE_URL';
  return place[2] === schema ? null : 'leads to another schema than DATABASE_URL';
}

async function find(url: string): Promise<Found> {
  const client = new pg.Client(connection(url));
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { isOwn } = await readFacts(client);
    const { rows } = await client.query<{ standby: boolean; place: string }>(
      `select pg_is_in_recovery() as standby, ${placeSql} as place`,
    );
    return { standby: rows[0]!.standby, isOwn, place: rows[0]!.place.split(' ') };
  } finally {
    await client.end();
  }
}
