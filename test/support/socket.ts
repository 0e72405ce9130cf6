import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { code?: string; message?: string } | null;
}

export interface RawRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** Ends the sending side after the body, as a client does that breaks off. */
  readonly end?: boolean;
}

/** Sends exactly these bytes to `POST /webhook` and reads one answer, which may come before all is sent. */
export function postRaw(url: string, { headers, body, end = false }: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const lines = Object.entries({ host: hostname, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let received = Buffer.alloc(0);
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      const answer = parse(received);
      if (answer === null) return;
      resolve(answer);
      socket.destroy();
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('closed without a whole answer')));
    socket.write(`POST /webhook HTTP/1.1\r\n${lines.join('')}\r\n`);
    socket.write(body);
    if (end) socket.end();
  });
}

/** The body in chunks of 64 KiB, for `transfer-encoding: chunked`. */
export function chunked(body: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < body.length; at += 65_536) {
    const part = body.subarray(at, at + 65_536);
    parts.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...parts, Buffer.from('0\r\n\r\n')]);
}

function parse(bytes: Buffer): RawAnswer | null {
  const split = bytes.indexOf('\r\n\r\n');
  if (split < 0) return null;
  const [first = '', ...lines] = bytes.subarray(0, split).toString().split('\r\n');
  const headers = Object.fromEntries(lines.map((line) => pair(line)));
  const body = bytes.subarray(split + 4);
  if (body.length < Number(headers['content-length'])) return null;
  return { status: Number(first.split(' ')[1]), headers, body: body.length === 0 ? null : JSON.parse(body.toString()) };
}

function pair(line: string): [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
