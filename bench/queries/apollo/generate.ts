import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = new URL('../../../', import.meta.url);
const schema = new URL('generated.prisma', import.meta.url);

/** What `include` follows, which the ledger's own schema does not need. */
const relations: Readonly<Record<string, string>> = {
  Room: 'participants Participant[]\n tracks Track[]\n egresses Egress[]\n @@unique([sid])',
  Participant: 'room Room @relation(fields: [roomSid], references: [sid])\n @@unique([sid])',
  Track: 'room Room @relation(fields: [roomSid], references: [sid])',
  Egress: 'room Room? @relation(fields: [roomSid], references: [sid])',
};

/** Makes Prisma's client for the ledger's tables, with relations between them. */
export function generate(): void {
  const text = readFileSync(new URL('prisma/schema.prisma', root), 'utf8')
    .replace(/output .*/, 'output = "./generated"')
    .replace(/model (\w+) \{/g, (model, name: string) => `${model}\n ${relations[name] ?? ''}`);
  writeFileSync(schema, text);
  const prisma = ['node_modules/prisma/build/index.js', 'generate', '--no-hints', '--schema', fileURLToPath(schema)];
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: 'package.json', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  const { status, stderr } = spawnSync(process.execPath, prisma, { cwd: fileURLToPath(root), env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}
