import { parseArgs } from 'node:util';
import { settingsOfProject } from '../settings/ledger-settings.js';
import { readSettings } from '../settings/settings.js';
import { close, reopen, type Correction } from '../upkeep/corrections.js';
import { onLedger, runCommand } from './on-database.js';

const usage = `npm run close -- <id> --at 2026-11-30T10:00:00Z --by <who> --reason <why> [--project default]
npm run reopen -- <id> --by <who> --reason <why> [--project default]

close ends a session that LiveKit has not ended; <id> is LiveKit's (RM_…, PA_…, TR_…, EG_…, AJ_…, or an ingress's
resource id). reopen takes that back. Both are kept in the log, and listed by the API's \`corrections\`.`;

export async function correct(command: 'close' | 'reopen'): Promise<void> {
  await runCommand(1, async () => {
    const asked = read(command);
    if (asked === null) return console.log(usage);
    const settings = settingsOfProject(readSettings(process.env), asked.correction.project);
    await onLedger(settings, async (database) => {
      if (asked.at === null) await reopen(database, asked.correction);
      else await close(database, asked.correction, asked.at);
    });
    console.log(
      `${asked.correction.id} is ${command === 'close' ? 'closed' : 'open again, unless LiveKit told an end'}.`,
    );
  });
}

interface Asked {
  readonly correction: Correction;
  readonly at: number | null;
}

const text = { type: 'string' } as const;
const options = { by: text, reason: text, at: text, project: text, help: { type: 'boolean', short: 'h' } } as const;

/** Null: --help. @throws Error that says what is missing */
function read(command: 'close' | 'reopen'): Asked | null {
  const { values, positionals } = parseArgs({ allowPositionals: true, options });
  if (values.help) return null;
  const { by = '', reason = '', project = 'default', at } = values;
  const [id, ...others] = positionals;
  if (id === undefined || others.length > 0) throw new Error(`Name one session.\n\n${usage}`);
  if (by.trim() === '' || reason.trim() === '') throw new Error(`Say --by whom and --reason why.\n\n${usage}`);
  const correction = { id, project, by, reason, now: Date.now() };
  return { correction, at: command === 'close' ? instantOf(at) : null };
}

const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

function instantOf(at: string | undefined): number {
  if (at === undefined || !instant.test(at) || Number.isNaN(Date.parse(at))) {
    throw new Error('Say --at when it ended, with a zone: 2026-11-30T10:00:00Z.');
  }
  return Date.parse(at);
}
