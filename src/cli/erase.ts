import { parseArgs } from 'node:util';
import { erase, lookAt, type ErasureReport } from '../erasing/erase.js';
import type { Selection } from '../erasing/person.js';
import { eraseFiles } from '../erasing/erase-files.js';
import { openStore } from '../log/archive/store.js';
import { settingsOfProject } from '../settings/ledger-settings.js';
import { readSettings } from '../settings/settings.js';
import { onLedger, runCommand } from './on-database.js';

const usage = `npm run erase -- --identity <identity> --by <who> [--project default] [--physical] [--dry-run]
npm run erase -- --attribute sip.phoneNumber=+49301234567 --by <who> […]

Replaces a person's identity, name, metadata, attributes and phone numbers by a pseudonym: in the log, in the tables,
in the archive, and in whatever arrives late. Every minute stays. Needs ERASURE_KEY (docs/operations.md).
With --physical it also replaces the database's files that held the old texts. With --dry-run it only says what it would replace.`;

const text = { type: 'string' } as const;
const options = {
  identity: text,
  attribute: text,
  by: text,
  project: text,
  physical: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h' },
} as const;

await runCommand(1, async () => {
  const asked = read();
  if (asked === null) return console.log(usage);
  const { selection, by, dryRun, physical } = asked;
  const settings = settingsOfProject(readSettings(process.env), selection.project);
  const archive = settings.archive && (await openStore(settings.archive));
  await onLedger(settings, async (database) => {
    if (dryRun) return print(await lookAt(database, selection, Date.now()), 'would be erased');
    print(await erase(database, { selection, by, now: Date.now(), archive }), 'are erased');
    if (!physical) return;
    const partitions = await eraseFiles(database);
    console.log(`The files of ${partitions.length} parts of the log and of all sessions are new.`);
  });
});

interface Asked {
  readonly selection: Selection;
  readonly by: string;
  readonly dryRun: boolean;
  readonly physical: boolean;
}

/** Null: --help. @throws Error that says what is missing */
function read(): Asked | null {
  const { values } = parseArgs({ options });
  if (values.help) return null;
  const { identity, attribute, project = 'default', by = '', 'dry-run': dryRun, physical } = values;
  if (by.trim() === '' && !dryRun) throw new Error(`Say --by whom.\n\n${usage}`);
  if (identity === '' || (identity === undefined) === (attribute === undefined)) {
    throw new Error(`Name a person, by --identity or by --attribute.\n\n${usage}`);
  }
  const selection = identity !== undefined ? { project, identity } : { project, attribute: attributeOf(attribute!) };
  return { selection, by, dryRun, physical };
}

function attributeOf(text: string): NonNullable<Selection['attribute']> {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new Error('Write --attribute as name=value, such as plan=pro.');
  return { path: text.slice(0, at), value: text.slice(at + 1) };
}

function print({ sessions, renamed, events, short, interrupted }: ErasureReport, verb: string): void {
  for (const { at, by } of interrupted) {
    const began = at.toISOString();
    console.log(
      `The erasure that ${by} began at ${began} was interrupted. Its events are rewritten: run it once more.`,
    );
  }
  console.log(`${sessions} sessions ${verb}${events > 0 ? `, and ${events} events of the log were rewritten` : ''}.`);
  for (const [before, after] of renamed) console.log(`The room ${before} is called ${after} from now on.`);
  for (const text of short) console.log(`${text} is too short to be looked for inside other texts: those stay.`);
}
