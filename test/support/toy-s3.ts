import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash } from 'node:crypto';

/** As much of S3 as an upload in parts and a download need; it checks no signature. */
export class ToyS3 {
  readonly objects = new Map<string, Buffer>();
  /** Uploads that were begun and not completed. */
  readonly uploads = new Map<string, Map<number, Buffer>>();
  /** The next part is refused as often. */
  failures = 0;
  private readonly server: Server = createServer((request, response) => void this.answer(request, response));

  async open(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://s3');
    const body = unchunked(await bytesOf(request), String(request.headers['content-encoding'] ?? ''));
    const upload = searchParams.get('uploadId');
    if (request.method === 'GET') return this.get(pathname, response);
    if (this.failures > 0 && request.method === 'PUT') {
      this.failures--;
      return end(response, 403, error('AccessDenied'));
    }
    if (request.method === 'POST' && searchParams.has('uploads')) return this.begin(pathname, response);
    if (request.method === 'POST' && upload !== null) return this.complete(pathname, upload, response);
    if (request.method === 'DELETE' && upload !== null) this.uploads.delete(upload);
    else if (request.method === 'PUT' && upload !== null) {
      this.uploads.get(upload)!.set(Number(searchParams.get('partNumber')), body);
    } else if (request.method === 'PUT') this.objects.set(pathname, body);
    response.setHeader('etag', `"${createHash('md5').update(body).digest('hex')}"`);
    end(response, 200, '');
  }

  private get(path: string, response: ServerResponse): void {
    const found = this.objects.get(path);
    if (found === undefined) end(response, 404, error('NoSuchKey'));
    else response.writeHead(200, { 'content-length': found.length }).end(found);
  }

  private begin(path: string, response: ServerResponse): void {
    const id = `upload-${this.uploads.size + 1}`;
    this.uploads.set(id, new Map());
    end(
      response,
      200,
      `<InitiateMultipartUploadResult><Key>${path}</Key><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
    );
  }

  private complete(path: string, id: string, response: ServerResponse): void {
    const parts = [...this.uploads.get(id)!].sort(([a], [b]) => a - b).map(([, part]) => part);
    this.objects.set(path, Buffer.concat(parts));
    this.uploads.delete(id);
    end(response, 200, `<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>`);
  }
}

function end(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(body);
}

function error(code: string): string {
  return `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code}</Message></Error>`;
}

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The SDK sends chunks with their sizes, and checksums after the last. */
function unchunked(body: Buffer, encoding: string): Buffer {
  if (!encoding.includes('aws-chunked')) return body;
  const chunks: Buffer[] = [];
  for (let at = 0; ;) {
    const line = body.indexOf('\r\n', at);
    const size = Number.parseInt(body.toString('latin1', at, line), 16);
    if (!(size > 0)) return Buffer.concat(chunks);
    chunks.push(body.subarray(line + 2, line + 2 + size));
    at = line + 2 + size + 2;
  }
}
