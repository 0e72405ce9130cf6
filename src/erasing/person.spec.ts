import { expect, it } from 'vitest';
import { Fingerprints } from '../erased/fingerprints.js';
import { Person } from './person.js';

it('knows every identity, however many addresses somebody lists', () => {
  const person = new Person('default', new Fingerprints('a key'));
  const metadata = JSON.stringify(Array.from({ length: 20_000 }, (_, n) => `friend${n}@example.org`));
  person.describe({ identity: 'ann', metadata });
  expect(person.texts.size).toBeLessThan(10_010);
  person.addIdentity('bob');
  expect([...person.texts.keys()]).toEqual(expect.arrayContaining(['ann', 'bob']));
});
