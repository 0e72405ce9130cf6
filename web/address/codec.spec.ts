import { describe, expect, it } from 'vitest';
import { changed, decoded, encoded } from './codec';

const home = new URL('http://ledger.example/');
const prefixed = new URL('http://ledger.example/tools/ledger/');

describe('an address', () => {
  it.each([home, prefixed])('is read as it was written, below %s', (folder) => {
    const link = encoded(`people/${encodeURIComponent('ada/64 ö')}`, { zone: 'Asia/Tokyo', q: 'a&b=c' }, folder);
    const { path, query } = decoded(new URL(link, folder), folder);
    expect(path).toEqual(['people', 'ada/64 ö']);
    expect(Object.fromEntries(query)).toEqual({ zone: 'Asia/Tokyo', q: 'a&b=c' });
  });

  it('of the first view has no path', () => {
    expect(encoded('/', {}, prefixed)).toBe('/tools/ledger/');
    expect(decoded(prefixed, prefixed).path).toEqual([]);
  });

  it('leaves out what is empty', () => {
    expect(encoded('rooms', { name: '', tenant: null, open: undefined, from: '2026-11-01' }, home)).toBe(
      '/rooms?from=2026-11-01',
    );
  });

  it('keeps what a change does not name', () => {
    expect(changed('http://ledger.example/usage?by=DAY&zone=UTC', { by: null, month: '2026-11' })).toBe(
      '/usage?zone=UTC&month=2026-11',
    );
  });
});
