import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { accessToken } from './cli/access-token.js';
import { loggable } from './http/loggable.js';
import { systemClock } from './settings/clock.js';
import { CannotStart } from './settings/cannot-start.js';
import { createServer } from './server.js';
import { readSettings, type Settings, SettingsRefused } from './settings/settings.js';

const graceMs = 20_000;

async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const app = await createServer(settings, systemClock);
  stopOnSignal(app);
  await listen(app, settings);
  new Logger('Roomledger').log(await readyAt(await app.getUrl(), settings));
}

/** In development with the link that signs in to the page. */
async function readyAt(url: string, { production }: Settings): Promise<string> {
  if (production) return `Ready at ${url}`;
  const { token } = await accessToken([], process.env, Date.now());
  return `Ready at ${url} (the page: ${url}/#token=${token} )`;
}

const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'Stop what listens there, or set PORT to another port',
  EADDRNOTAVAIL: 'Set HOST to an address of this machine',
  ENOTFOUND: 'Set HOST to an address of this machine',
  EACCES: 'Set PORT to one above 1023, or start the service with the right to listen there',
};

async function listen(app: NestFastifyApplication, { host, port }: Settings): Promise<void> {
  try {
    await app.listen(port, host);
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    const remedy = remedies[code];
    throw remedy === undefined ? error : new CannotStart(`nothing can listen at ${host}:${port} (${message})`, remedy);
  }
}

/** Closes the listener, answers what still arrives on open connections, and closes the database last. */
function stopOnSignal(app: NestFastifyApplication): void {
  let stopping = false;
  const stop = async (signal: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    new Logger('Roomledger').log(`${signal}: stopping`);
    setTimeout(() => process.exit(1), graceMs).unref();
    await app.close();
    process.exit(0);
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Errors that the operator can fix: one sentence, no stack. */
const operatorErrors = [SettingsRefused, CannotStart];

main().catch((error: unknown) => {
  console.error(operatorErrors.some((kind) => error instanceof kind) ? (error as Error).message : loggable(error));
  process.exit(1);
});
