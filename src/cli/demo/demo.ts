import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { openDatabase } from '../../database/database.module.js';
import { runningServer } from '../../database/embedded/running-server.js';
import { Writer } from '../../erased/writer.js';
import { type Environment, readSettings } from '../../settings/settings.js';
import { duration, whole } from '../../settings/values.js';
import { accessToken } from '../access-token.js';
import { readOption } from '../option.js';
import { signingKey } from '../signing-key.js';
import { Mark } from './mark.js';
import { startService } from './service.js';
import { tell } from './story.js';

const options = {
  seed: { type: 'string', default: '1' },
  span: { type: 'string', default: '30d' },
} as const;

/** What would mix the demo with what is real, or end what it left open. */
const notForDemo = [
  'DATABASE_URL',
  'DATABASE_URL_READ',
  'DATABASE_URLS',
  'LIVEKIT_URL',
  'LIVEKIT_METRICS_URL',
  'SPOOL_DIR',
  'LOG_RETENTION',
  'EXPIRE_AFTER',
];

/** The service with a month behind it and rooms that go on, until SIGINT or SIGTERM. */
export async function demo(args: readonly string[], given: Environment): Promise<void> {
  const { seed, span } = parseArgs({ args: [...args], options }).values;
  const story = { seed: readOption('seed', seed, whole(0, 2 ** 31)), spanMs: readOption('span', span, duration) };
  const env = demoEnvironment(given);
  const settings = readSettings(env);
  const mark = new Mark(settings.dataDir);
  mark.claim();
  const stopping = stopOnSignal();
  const service = startService(env);
  void service.ended.then(() => stopping.abort());
  try {
    const url = await Promise.race([service.ready, once(stopping.signal, 'abort').then(() => null)]);
    if (url === null) return;
    const { link } = await accessToken([], { ...env, PORT: new URL(url).port }, Date.now());
    console.log(`The demo is at ${url}. Sign in with ${link}`);
    const signer = signingKey(settings);
    const database = await openDatabase({ ...settings, databaseUrl: runningServer(settings.dataDir) });
    const ledger = { writer: new Writer(database), project: signer.project };
    await tell({ ...story, mark, ledger, target: { url, ...signer } }, stopping.signal).finally(() =>
      database.onApplicationShutdown(),
    );
  } finally {
    service.stop();
    process.exitCode = await service.ended;
  }
}

function demoEnvironment(given: Environment): Environment {
  const own = Object.entries(given).filter(([name]) => !notForDemo.includes(name));
  return { DATA_DIR: './data-demo', ...Object.fromEntries(own) };
}

function stopOnSignal(): AbortController {
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());
  return stopping;
}
