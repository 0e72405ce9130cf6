import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { constants, gzip } from 'node:zlib';

export interface BuiltFile {
  readonly type: string;
  /** The same for every answer, so that answers take no memory and no compression of their own. */
  readonly bytes: Buffer;
  gzipped(): Promise<Buffer>;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** What `npm run build` made of web/, by path; of src as of dist two folders below the checkout. */
export function builtFiles(): ReadonlyMap<string, BuiltFile> {
  const folder = fileURLToPath(new URL('../../dist/web/', import.meta.url));
  const names = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [];
  const files = names.map((name) => name.replaceAll('\\', '/')).filter((name) => types[extname(name)] !== undefined);
  return new Map(files.map((name) => [name, builtFile(types[extname(name)]!, readFileSync(folder + name))]));
}

function builtFile(type: string, bytes: Buffer): BuiltFile {
  let made: Promise<Buffer> | undefined;
  return { type, bytes, gzipped: () => (made ??= promisify(gzip)(bytes, { level: constants.Z_BEST_COMPRESSION })) };
}
