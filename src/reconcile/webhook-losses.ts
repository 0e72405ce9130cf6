import type { Database } from '../database/database.js';
import type { ProjectUrl } from '../settings/livekit-accounts.js';

const PATIENCE_MS = 5_000;
const MOST_BYTES = 8 * 2 ** 20;
const HOUR = 3_600_000;
const dispatched = /^livekit_webhook_dispatch_total\{([^}]*)\}\s+(\S+)/gm;

/** Webhooks that a LiveKit process dropped or could not deliver since it began, by its own metrics. */
export function lossesIn(metrics: string): number {
  let losses = 0;
  for (const [, labels = '', value] of metrics.matchAll(dispatched)) {
    if (/\bstatus="(?:drop|failure)"/.test(labels)) losses += Number(value);
  }
  return losses;
}

/** Keeps how many webhooks were lost in each hour. @param now in ms @throws what kept the metrics from being read */
export async function noteLosses({ prisma }: Database, [project, source]: ProjectUrl, now: number): Promise<void> {
  const answer = await fetch(source, { signal: AbortSignal.timeout(PATIENCE_MS) });
  if (!answer.ok) throw new Error(`The metrics at ${source} are answered with ${answer.status}.`);
  const counter = lossesIn(await textOf(answer));
  const last = await prisma.webhookLoss.findFirst({ where: { project, source }, orderBy: { hour: 'desc' } });
  const before = last === null ? counter : Number(last.counter);
  // A process that began anew counts from 0.
  const lost = counter >= before ? counter - before : counter;
  const hour = new Date(now - (now % HOUR));
  await prisma.webhookLoss.upsert({
    where: { project_source_hour: { project, source, hour } },
    create: { project, source, hour, counter, lost },
    update: { counter, lost: { increment: lost } },
  });
}

async function textOf({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body ?? []) {
    chunks.push(chunk as Uint8Array);
    size += (chunk as Uint8Array).length;
    if (size > MOST_BYTES) throw new Error(`The metrics have more than ${MOST_BYTES} bytes.`);
  }
  return Buffer.concat(chunks).toString();
}
