import { constants, setPriority } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Database } from '../database/database.js';
import { openDatabase } from '../database/database.module.js';
import { isMadeIn } from '../database/embedded/cluster.js';
import { runningServer } from '../database/embedded/running-server.js';
import { requireLedger } from '../database/prepare.js';
import { withPreferredTls } from '../database/tls.js';
import { CannotStart } from '../settings/cannot-start.js';
import { settingsOfLedgers, settingsOfProject } from '../settings/ledger-settings.js';
import { readSettings, type Settings } from '../settings/settings.js';

export interface DatabaseCommand {
  readonly usage: string;
  readonly work: (url: string) => Promise<void>;
  readonly failure: number;
}

/** Runs a command on each of the service's databases, or that of `--project`, whether or not a service runs. */
export async function onDatabases({ usage, work, failure }: DatabaseCommand): Promise<void> {
  await runCommand(failure, async () => {
    const options = { project: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
    const { project, help } = parseArgs({ options }).values;
    if (help) return console.log(usage);
    const settings = readSettings(process.env);
    const chosen = project === undefined ? settingsOfLedgers(settings) : [settingsOfOwn(settings, project)];
    for (const one of chosen) await runCommand(failure, () => onLedger(one, ({ url }) => work(url)));
  });
}

/** For a command on one database: that of `--project`, or the one that projects share. */
export function chosenSettings(project: string | undefined): Settings {
  const settings = readSettings(process.env);
  if (project !== undefined) return settingsOfOwn(settings, project);
  const [first] = settingsOfLedgers(settings);
  if (first!.databaseOf === null) return first!;
  throw new Error('Each project has a database of its own: say --project.');
}

/** @throws Error if the project shares its database: a command for all of it is not for one project */
function settingsOfOwn(settings: Settings, project: string): Settings {
  const own = settingsOfProject(settings, project);
  if (own.databaseOf === project) return own;
  throw new Error(`The project "${project}" has no database of its own: leave out --project.`);
}

export async function runCommand(failure: number, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = failure;
  }
}

/** @throws what keeps the ledger's database from being used: a command never makes one */
export async function onLedger(
  settings: Settings,
  work: (database: Database) => Promise<void>,
  { mayBeEmpty = false }: { mayBeEmpty?: boolean } = {},
): Promise<void> {
  const databaseUrl = settings.databaseUrl ?? embeddedIn(settings.dataDir);
  console.log(
    `Database: ${settings.databaseUrl === null ? `the embedded one in ${resolve(settings.dataDir)}` : nameOf(settings.databaseUrl)}`,
  );
  if (databaseUrl !== null) await requireLedger(await withPreferredTls(databaseUrl));
  const database = await openDatabase({ ...settings, databaseUrl });
  // A running service has priority. Set this late, or an embedded server would inherit it.
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
  try {
    const { rows } = await database.queries.query('select from webhook_event limit 1');
    if (rows.length === 0 && !mayBeEmpty)
      throw new CannotStart('the log of this database is empty', 'Give the DATABASE_URL of the service');
    await work(database);
  } finally {
    await database.onApplicationShutdown();
  }
}

/** The URL of the running server; null where it has to be started. @throws CannotStart if there is none */
function embeddedIn(dataDir: string): string | null {
  if (isMadeIn(dataDir)) return runningServer(dataDir);
  throw new CannotStart(
    `there is no database: DATABASE_URL is not set, and ${resolve(dataDir)} holds none`,
    'Set DATABASE_URL or DATA_DIR as the service has it',
  );
}

function nameOf(url: string): string {
  const { host, pathname, searchParams } = new URL(url);
  const schema = searchParams.get('schema');
  return `${decodeURIComponent(pathname.slice(1))} at ${searchParams.get('host') ?? host}${schema === null ? '' : `, schema ${schema}`}`;
}

export function progress(print: (line: string) => void, every = 50_000): (events: number) => void {
  const began = performance.now();
  let printed = 0;
  return (events) => {
    if (events - printed < every) return;
    printed = events;
    print(`${events} events, ${Math.round((events * 1000) / (performance.now() - began))} a second`);
  };
}

export function secondsSince(began: number): string {
  return `${((performance.now() - began) / 1000).toFixed(1)} s`;
}
