import type { Statement } from '../database/transaction.js';
import type { PrismaClient } from '../generated/prisma/client.js';
import type { Replayed } from './log-pages.js';

const CHUNK = 200;

/** For events whose problem differs from the logged one. */
export function problemChangeStatements(events: readonly Replayed[]): Statement[] {
  const changed = events.filter(({ row, event }) => row.problem !== event.problem);
  if (changed.length === 0) return [];
  const values = [
    changed.map(({ row }) => row.id),
    changed.map(({ row }) => row.project),
    changed.map(({ row }) => row.created),
    changed.map(({ event }) => event.problem),
  ];
  const text = `insert into event_mark (id, project, created_seconds, problem)
    select * from unnest($1::text[], $2::text[], $3::bigint[], $4::text[])
    on conflict (id, project, created_seconds) do update set problem = excluded.problem`;
  return [{ name: 'mark', text, values }];
}

export async function applyProblemChanges(prisma: PrismaClient): Promise<void> {
  for (;;) {
    const marks = await prisma.eventMark.findMany({ take: CHUNK });
    if (marks.length === 0) return;
    const keys = marks.map(({ id, project, createdSeconds }) => ({ id, project, createdSeconds }));
    await prisma.$transaction([
      ...marks.map(({ problem, ...key }) =>
        prisma.webhookEvent.updateMany({ where: key, data: { problem, projected: problem === null } }),
      ),
      prisma.eventMark.deleteMany({ where: { OR: keys } }),
    ]);
  }
}
