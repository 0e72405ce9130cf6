import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

describe('the page’s own script', () => {
  /** Runs it as a browser would, with React's and GraphiQL's parts replaced by what they are given. */
  async function run(hash: string, stored: Record<string, string>) {
    const script = await (await fetch(`${service.url}/graphiql/start.js`)).text();
    const shown: {
      fetcher: { url: string; subscriptionUrl: string };
      headers: string;
      onEditHeaders(text: string): void;
    }[] = [];
    const address = { hash, pathname: '/behind/graphiql', href: `https://host.example/behind/graphiql${hash}` };
    const GraphiQL = { createFetcher: (options: { url: string }) => options };
    const parts = {
      location: address,
      history: { replaceState: (...[, , path]: unknown[]) => void (address.hash = String(path)) },
      sessionStorage: {
        getItem: (key: string) => stored[key] ?? null,
        setItem: (key: string, value: string) => void (stored[key] = value),
      },
      document: { getElementById: () => null },
      GraphiQL,
      React: { createElement: (_: unknown, props: object) => props },
      ReactDOM: { createRoot: () => ({ render: (props: (typeof shown)[number]) => void shown.push(props) }) },
    };
    new Function(...Object.keys(parts), script)(...Object.values(parts));
    return { shown, address };
  }

  test('keeps the token of the address for the tab, and asks beside itself', async () => {
    const stored: Record<string, string> = {};
    const { shown, address } = await run('#token=a.b.c', stored);
    expect([stored['token'], address.hash, shown[0]!.fetcher.url]).toEqual([
      'a.b.c',
      '/behind/graphiql',
      'https://host.example/behind/graphql',
    ]);
    expect((await run('', stored)).shown[0]!.headers).toContain('Bearer a.b.c');
  });

  test('subscribes at the same place', async () => {
    const { shown } = await run('', { token: 'a.b.c' });
    expect(shown[0]!.fetcher.subscriptionUrl).toBe('wss://host.example/behind/graphql');
  });

  test('takes a new fetcher, with which GraphiQL loads its docs, once a token is whole', async () => {
    const stored: Record<string, string> = {};
    const { shown } = await run('', stored);
    const type = (token: string): void => shown[0]!.onEditHeaders(JSON.stringify({ Authorization: `Bearer ${token}` }));
    for (const unfinished of ['', 'a', 'a.b']) type(unfinished);
    shown[0]!.onEditHeaders('{');
    expect(shown).toHaveLength(1);
    type('a.b.c');
    type('a.b.c');
    expect(shown).toHaveLength(2);
    expect(shown[1]!.fetcher).not.toBe(shown[0]!.fetcher);
    expect(stored['token']).toBe('a.b.c');
  });
});
