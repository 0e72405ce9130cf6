import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

test('the page loads only what this service serves, and may load nothing else', async () => {
  const response = await fetch(`${service.url}/graphiql`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  expect(response.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
  const links = [...(await response.text()).matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => link!);
  const own = links.filter((link) => link !== 'data:,');
  expect(own).toHaveLength(5);
  for (const link of own) expect((await fetch(new URL(link, response.url))).status, link).toBe(200);
});

test('its styles carry their fonts with them', async () => {
  const css = await (await fetch(`${service.url}/graphiql/graphiql.css`)).text();
  const loaded = [...css.matchAll(/url\(["']?([a-z]+:)?/g)].map(([, scheme]) => scheme);
  expect(new Set(loaded)).toEqual(new Set(['data:']));
  expect(css).not.toMatch(/@import/);
});

test.each(['nothing.js', '..%2fpackage.json', '__proto__'])('%s is not found', async (name) => {
  expect((await fetch(`${service.url}/graphiql/${name}`)).status).toBe(404);
});
