import { parseArgs } from 'node:util';
import { Database } from '../database/database.js';
import { readSettings } from '../settings/settings.js';
import { close, reopen, type Correction } from '../upkeep/corrections.js';
import { onDatabase } from './on-database.js';

const usage = `npm run close -- <id> --at 2026-11-30T10:00:00Z --by <who> --reason <why> [--project default]
npm run reopen -- <id> --by <who> --reason <why> [--project default]

close ends a session that LiveKit has not ended; <id> is LiveKit's (RM_…, PA_…, TR_…, EG_…, AJ_…, or an ingress's
resource id). reopen takes that back. Both are kept in the log, and listed by the API's \`corrections\`.`;

/** Runs one of the two commands with the arguments of this process. */
export async function correct(command: 'close' | 'reopen'): Promise<void> {
  const asked = read(command);
  if (asked === null) return;
  await onDatabase(async (url) => {
    const database = new Database(url, readSettings(process.env).statementTimeoutMs);
    try {
      if (asked.at === null) await reopen(database, asked.correction);
      else await close(database, asked.correction, asked.at);
      console.log(
        asked.at === null
          ? `The correction of ${asked.correction.id} is taken back.`
          : `${asked.correction.id} is ended.`,
      );
    } finally {
      await database.onApplicationShutdown();
    }
  }, 1);
}

interface Asked {
  readonly correction: Correction;
  readonly at: number | null;
}

function read(command: 'close' | 'reopen'): Asked | null {
  try {
    const text = { type: 'string' } as const;
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        by: text,
        reason: text,
        at: text,
        project: { ...text, default: 'default' },
        help: { type: 'boolean' },
      },
    });
    if (values.help) return say(usage, 0);
    const { by = '', reason = '', project, at } = values;
    const [id, ...others] = positionals;
    if (id === undefined || others.length > 0) throw new Error('Name one session.');
    if (by.trim() === '' || reason.trim() === '') throw new Error('Say --by whom and --reason why.');
    const correction = { id, project, by, reason, now: Date.now() };
    return { correction, at: command === 'close' ? instantOf(at) : null };
  } catch (error) {
    return say(`${(error as Error).message}\n\n${usage}`, 1);
  }
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

function instantOf(text: string | undefined): number {
  if (text === undefined || !instant.test(text) || Number.isNaN(Date.parse(text))) {
    throw new Error('Say --at when it ended, with a zone: 2026-11-30T10:00:00Z.');
  }
  return Date.parse(text);
}

function say(text: string, code: number): null {
  (code === 0 ? console.log : console.error)(text);
  process.exitCode = code;
  return null;
}
