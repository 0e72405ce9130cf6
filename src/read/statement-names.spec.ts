import { describe, expect, it } from 'vitest';
import { StatementNames } from './statement-names.js';

describe('a statement', () => {
  it('has a name from its second time on, and keeps it', () => {
    const names = new StatementNames();
    expect(names.of('select 1')).toBeUndefined();
    const name = names.of('select 1');
    expect(name).toBeDefined();
    expect(names.of('select 1')).toBe(name);
  });

  it('shares its name with no other', () => {
    const names = new StatementNames();
    const all = ['select 1', 'select 2', 'select 3'].flatMap((text) => [names.of(text), names.of(text)]);
    expect(new Set(all.filter((name) => name !== undefined)).size).toBe(3);
  });

  it('has none once there are as many as there may be', () => {
    const names = new StatementNames();
    const texts = Array.from({ length: 300 }, (_, index) => `select ${index}`);
    const named = texts.filter((text) => (names.of(text), names.of(text)) !== undefined);
    expect(named).toHaveLength(200);
    expect(names.of('select 0')).toBeDefined();
  });
});
