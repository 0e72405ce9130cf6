import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { start } from './page.js';

export interface Asset {
  readonly type: string;
  /** The same bytes for every answer, so that answers take no memory and no compression of their own. */
  read(): Promise<Buffer>;
  readGzipped(): Promise<Buffer>;
}

const require = createRequire(import.meta.url);
const script = 'text/javascript; charset=utf-8';

export const assets: ReadonlyMap<string, Asset> = new Map([
  ['react.js', installed('react', 'umd/react.production.min.js', script)],
  ['react-dom.js', installed('react-dom', 'umd/react-dom.production.min.js', script)],
  ['graphiql.js', installed('graphiql', 'graphiql.min.js', script)],
  ['graphiql.css', installed('graphiql', 'graphiql.min.css', 'text/css; charset=utf-8')],
  ['start.js', asset(script, () => Promise.resolve(Buffer.from(start)))],
]);

function installed(packageName: string, path: string, type: string): Asset {
  const folder = dirname(require.resolve(`${packageName}/package.json`));
  return asset(type, () => readFile(join(folder, path)));
}

function asset(type: string, load: () => Promise<Buffer>): Asset {
  let [loaded, compressed]: (Promise<Buffer> | undefined)[] = [];
  const read = (): Promise<Buffer> => (loaded ??= load());
  return { type, read, readGzipped: () => (compressed ??= read().then((bytes) => promisify(gzip)(bytes))) };
}
