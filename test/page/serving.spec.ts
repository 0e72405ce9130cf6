import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Service, startService } from '../support/service.js';

let service: Service;
beforeAll(async () => {
  service = await startService();
});
afterAll(() => service.stop());

const get = (path: string, accept = 'identity'): Promise<Response> =>
  fetch(new URL(path, service.url), { headers: { 'accept-encoding': accept } });

async function linksOf(path: string): Promise<string[]> {
  const response = await get(path);
  const page = await response.text();
  return [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, link]) => new URL(link!, response.url).pathname);
}

test.each(['/', '/rooms', '/rooms/RM_x', '/people', '/people/ada%2F64', '/usage?month=2026-11', '/events', '/ide'])(
  '%s is answered with the page, which finds its parts from there',
  async (path) => {
    const response = await get(path);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(response.headers.get('cache-control')).toBe('no-cache');
    const links = await linksOf(path);
    expect(links.length).toBeGreaterThan(2);
    for (const link of links) expect([link, (await get(link)).status]).toEqual([link, 200]);
  },
);

test('the page runs only what the service serves, and nothing that stands in the page itself', async () => {
  const response = await get('/');
  const policy = response.headers.get('content-security-policy')!;
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
  expect(policy).not.toMatch(/unsafe|data:|https?:/);
  expect(await response.text()).not.toMatch(/<script>|<style|style="|onload=/);
});

test('its parts are named by their content, kept for ever and sent compressed', async () => {
  for (const link of await linksOf('/')) {
    expect(link).toMatch(/-[\w-]{8}\.(js|css|svg)$/);
    const { headers } = await get(link, 'gzip');
    expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(headers.get('content-encoding')).toBe('gzip');
  }
});

test('what Live loads first is at most 150 kB', async () => {
  const bytes = await Promise.all(
    (await linksOf('/')).map(async (link) => Buffer.from(await (await get(link)).arrayBuffer())),
  );
  const sum = bytes.reduce((total, part) => total + gzipSync(part).length, 0);
  expect(sum).toBeLessThan(150_000);
});

test('the IDE is where it always was', async () => {
  const response = await fetch(`${service.url}/graphiql`, { redirect: 'manual' });
  expect([response.status, response.headers.get('location')]).toEqual([302, 'ide']);
});

test.each(['/assets/nothing.js', '/assets/..%2findex.html', '/assets/__proto__', '/room', '/rooms/a/b'])(
  '%s is not found',
  async (path) => {
    expect((await get(path)).status).toBe(404);
  },
);
