import { Gauge, Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { joinMetrics } from './join-metrics.js';

async function textOf(database: string, names: readonly string[]): Promise<string> {
  const registry = new Registry();
  registry.setDefaultLabels({ database });
  for (const name of names) new Gauge({ name, help: `What ${name} is.`, registers: [registry] }).set(7);
  return registry.metrics();
}

it('puts the samples of a metric together', async () => {
  const texts = [await textOf('shared', ['a', 'b']), '', await textOf('1', ['b', 'c'])];
  expect(joinMetrics(texts).split('\n')).toEqual([
    '# HELP a What a is.',
    '# TYPE a gauge',
    'a{database="shared"} 7',
    '',
    '# HELP b What b is.',
    '# TYPE b gauge',
    'b{database="shared"} 7',
    'b{database="1"} 7',
    '',
    '# HELP c What c is.',
    '# TYPE c gauge',
    'c{database="1"} 7',
    '',
  ]);
});

it('leaves one text as it is', async () => {
  const text = await textOf('shared', ['a', 'b']);
  expect(joinMetrics([text])).toBe(text);
});
