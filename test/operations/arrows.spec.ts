import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const drawn = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as Record<
  'arrows' | 'webArrows',
  Record<string, string[]>
>;
const parts = [
  ['src', drawn.arrows],
  ['web', drawn.webArrows],
] as const;

/** The folders that each folder of `top` imports from, its specs aside. */
function importedFolders(top: string): Map<string, Set<string>> {
  const src = join(root, top);
  const found = new Map<string, Set<string>>();
  for (const path of readdirSync(src, { recursive: true }) as string[]) {
    if (!/\.tsx?$/.test(path) || path.endsWith('.spec.ts') || path.startsWith('generated')) continue;
    const folder = dirname(path);
    for (const [, target] of readFileSync(join(src, path), 'utf8').matchAll(/(?:from|import\(?) ?'(\.[^']+)'/g)) {
      const to = relative(src, dirname(join(src, folder, target!))).replace(/^generated.*/, 'generated');
      if (to !== folder) found.set(folder, (found.get(folder) ?? new Set()).add(to));
    }
  }
  return found;
}

it.each(parts)('draws no arrow of %s that no import needs', (top, arrows) => {
  const imported = importedFolders(top);
  const unused = Object.entries(arrows).flatMap(([folder, targets]) =>
    targets.filter((target) => !imported.get(folder)?.has(target)).map((target) => `${folder} -> ${target}`),
  );
  expect(unused).toEqual([]);
});

it.each(parts)('has no circle among folders of %s', (_top, arrows) => {
  const open = new Set<string>();
  const visit = (folder: string, path: readonly string[]): void => {
    expect(path, 'a circle').not.toContain(folder);
    if (open.has(folder)) return;
    for (const target of arrows[folder] ?? []) visit(target, [...path, folder]);
    open.add(folder);
  };
  for (const folder of Object.keys(arrows)) visit(folder, []);
});
