import type { PrismaClient } from '../generated/prisma/client.js';

/**
 * Raises the epoch after a restored dump, whose transaction ids start again. The caller holds the migration lock.
 * @returns whether it did
 */
export async function raiseEpoch(prisma: PrismaClient): Promise<boolean> {
  const { epoch } = await prisma.logEpoch.upsert({ where: { singleton: true }, create: {}, update: {} });
  const [now] = await prisma.$queryRaw<[{ xid: bigint }]>`
    SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS xid`;
  if (now.xid > (await greatestXid(prisma, epoch))) return false;
  await prisma.logEpoch.update({ where: { singleton: true }, data: { epoch: { increment: 1 } } });
  await prisma.$executeRaw`update sighting set xid = (pg_current_xact_id()::text)::bigint`;
  return true;
}

/** Two index look-ups for each project: the log's index begins with the project. */
async function greatestXid(prisma: PrismaClient, epoch: number): Promise<bigint> {
  const dropped = await prisma.logDrop.aggregate({ where: { epoch }, _max: { xid: true } });
  let greatest = dropped._max.xid ?? 0n;
  for (
    let project = await projectAfter(prisma, null);
    project !== null;
    project = await projectAfter(prisma, project)
  ) {
    const newest = await prisma.webhookEvent.findFirst({
      where: { project, epoch },
      orderBy: [{ xid: 'desc' }, { seq: 'desc' }],
      select: { xid: true },
    });
    if (newest !== null && newest.xid > greatest) greatest = newest.xid;
  }
  return greatest;
}

async function projectAfter(prisma: PrismaClient, before: string | null): Promise<string | null> {
  const next = await prisma.webhookEvent.findFirst({
    where: before === null ? {} : { project: { gt: before } },
    orderBy: { project: 'asc' },
    select: { project: true },
  });
  return next?.project ?? null;
}
