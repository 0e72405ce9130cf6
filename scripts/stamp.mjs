import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Says whether what was made of these files and folders is still theirs, by their content. */
export function stampOf(paths, skip = () => false) {
  const hash = createHash('sha256').update(process.version);
  for (const file of paths.flatMap((path) => filesBelow(path, skip)))
    hash.update(`\0${file}\0`).update(readFileSync(file));
  return hash.digest('hex');
}

export function isFresh(file, stamp) {
  try {
    return readFileSync(file, 'utf8') === stamp;
  } catch {
    return false;
  }
}

export function mark(file, stamp) {
  writeFileSync(file, stamp);
}

function filesBelow(path, skip) {
  if (skip(path)) return [];
  if (!statSync(path).isDirectory()) return [path];
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesBelow(join(path, name), skip));
}
