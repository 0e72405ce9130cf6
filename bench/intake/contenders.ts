import { readFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import type { Measured } from './measure.js';
import type { BenchCluster } from '../support/cluster.js';
import { Server, service } from '../support/server.js';

export interface Contender {
  readonly name: string;
  readonly server: Server;
  /** How much of the requests it gets: a slow one needs no more for its figures. */
  readonly share: number;
  readonly rounds: Measured[];
}

const peer = 'bench/peers/nest-prisma';
const kinds = [
  { name: 'peer', program: ['--import', './bench/support/typescript.mjs', `${peer}/main.ts`], share: 0.1 },
  { name: 'ceiling', program: ['--import', './bench/peers/discard.mjs', ...service], share: 1 },
  { name: 'uncounted', program: ['--import', './bench/peers/uncounted.mjs', ...service], share: 1 },
  { name: 'ours', program: service, share: 1 },
];

/** Every server of the comparison, on a database of its own. */
export async function startContenders(cluster: BenchCluster, names: readonly string[]): Promise<Contender[]> {
  const contenders: Contender[] = [];
  for (const { name, program, share } of kinds.filter((kind) => names.includes(kind.name))) {
    const url = await cluster.create(name);
    if (name === 'peer') await preparePeer(cluster);
    contenders.push({ name, server: await Server.start(program, url), share, rounds: [] });
  }
  return contenders;
}

async function preparePeer(cluster: BenchCluster): Promise<void> {
  const generate = [
    'node_modules/prisma/build/index.js',
    'generate',
    '--no-hints',
    '--schema',
    `${peer}/schema.prisma`,
  ];
  // As in scripts/generate.mjs.
  const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: 'package.json', PRISMA_HIDE_UPDATE_MESSAGE: '1' };
  const { status, stderr } = spawnSync(process.execPath, generate, { env, encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  await cluster.run(readFileSync(`${peer}/tables.sql`, 'utf8'), 'peer');
}
