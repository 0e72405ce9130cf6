import { once } from 'node:events';
import { connect } from 'node:net';

const PATIENCE_MS = 10_000;
/** The length of the message, and the code of libpq's SSLRequest. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/**
 * Turns `sslmode=prefer` into what the server has, because pg knows no second attempt. A server that does not answer
 * is left to whoever connects.
 */
export async function withPreferredTls(url: string): Promise<string> {
  const target = new URL(url);
  if (target.searchParams.get('sslmode') !== 'prefer' || (await speaksTls(target)) !== false) return url;
  target.searchParams.set('sslmode', 'disable');
  return target.href;
}

async function speaksTls({ hostname, port, searchParams }: URL): Promise<boolean | null> {
  const host = searchParams.get('host') ?? decodeURIComponent(hostname);
  if (host.startsWith('/')) return false;
  const socket = connect(Number(searchParams.get('port') ?? (port || 5432)), host.replace(/^\[(.+)\]$/, '$1'));
  try {
    socket.write(sslRequest);
    const [answer] = (await once(socket, 'data', { signal: AbortSignal.timeout(PATIENCE_MS) })) as [Buffer];
    return answer.toString('latin1', 0, 1) === 'S';
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}
