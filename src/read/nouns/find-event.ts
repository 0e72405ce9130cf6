import type { Scope } from '../../access/scope.js';
import type { PrismaClient } from '../../generated/prisma/client.js';
import { clean } from '../../livekit/clean.js';
import type { Row } from '../reading.js';

/** Of events with the same id, the earliest. */
export async function findEvent(prisma: PrismaClient, id: string, { project, roomName }: Scope): Promise<Row | null> {
  const event = await prisma.webhookEvent.findFirst({
    where: { id: clean(id) as string, project, ...(roomName !== null && { roomName }) },
    orderBy: [{ createdAt: 'asc' }, { createdSeconds: 'asc' }],
  });
  if (event === null) return null;
  return { ...event, createdAt: event.createdAt.toISOString(), receivedAt: event.receivedAt.toISOString() };
}
