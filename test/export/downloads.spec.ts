import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { now, Rows } from '../support/rows.js';
import { type Service, startService } from '../support/service.js';
import { forge } from '../support/sign.js';

let time = now;
const clock = { now: () => time };
let service: Service;
let replica: Service;
beforeAll(async () => {
  service = await startService({ clock });
  replica = await startService({ clock, databaseUrl: service.database.url });
  await new Rows(service.database).rooms({}, { sid: 'RM_2', roomName: 'other' });
});
afterAll(async () => {
  await replica.stop();
  await service.stop();
});

async function ask(file: string, method: string, grants: object = { roomList: true }): Promise<Response> {
  const headers = { authorization: `Bearer ${await service.token(grants)}` };
  return fetch(`${service.url}/export/${file}`, { method, headers });
}

async function link(file: string, grants?: object): Promise<URL> {
  const answer = await ask(file, 'POST', grants);
  const { url, ...rest } = (await answer.json()) as { url: string };
  expect([answer.status, answer.headers.get('cache-control'), rest]).toEqual([200, 'no-store', {}]);
  return new URL(url, `${service.url}/export/${file}`);
}

const question = 'rooms.csv?fields=sid&filter=%7B%22active%22%3Atrue%7D';

describe('a link', () => {
  it('is the same file without a header, which a browser saves', async () => {
    const url = await link(question);
    expect(`${url.pathname.slice('/export/'.length)}${url.search}`).toMatch(
      /^rooms\.csv\?fields=sid&filter=%7B.*&ticket=/,
    );
    const file = await fetch(url);
    expect(file.headers.get('content-disposition')).toBe('attachment; filename="rooms.csv"');
    expect([file.status, await file.text()]).toEqual([200, 'sid\r\nRM_1\r\nRM_2\r\n']);
    expect(await (await fetch(await link('rooms.csv'))).text()).toBe(await (await ask('rooms.csv', 'GET')).text());
  });

  it('reads what the token for it reads', async () => {
    const url = await link(question, { roomAdmin: true, room: 'other' });
    expect(await (await fetch(url)).text()).toBe('sid\r\nRM_2\r\n');
  });

  it('is good on every replica', async () => {
    const url = await link(question);
    url.port = new URL(replica.url).port;
    expect((await fetch(url)).status).toBe(200);
  });

  it('is good for a minute', async () => {
    const url = await link(question);
    time = now + 59_999;
    expect((await fetch(url)).status).toBe(200);
    time = now + 60_000;
    await expectRefused(await fetch(url), 'The ticket was good for a minute, which is over: ask for another one.');
    time = now;
  });

  it.each([
    ['rooms.csv?fields=secret', 400, 'BAD_USER_INPUT'],
    ['usage.csv', 400, 'BAD_USER_INPUT'],
    ['nothing.csv', 404, 'NOT_FOUND'],
  ])('is refused for what could not be answered: %s', async (file, status, code) => {
    const answer = await ask(file, 'POST');
    expect([answer.status, await answer.json()]).toMatchObject([status, { code }]);
  });

  it('is not made with a ticket, nor without a token', async () => {
    const url = await link(question);
    await expectRefused(await fetch(url, { method: 'POST' }), /no Authorization header/);
    await expectRefused(await fetch(`${service.url}/export/rooms.csv`, { method: 'POST' }), /no Authorization header/);
  });
});

async function expectRefused(answer: Response, message: string | RegExp): Promise<void> {
  expect([answer.status, await answer.json()]).toEqual([
    401,
    { code: 'UNAUTHENTICATED', message: typeof message === 'string' ? message : expect.stringMatching(message) },
  ]);
}

describe('a ticket', () => {
  it.each([
    ['rooms.csv?fields=name&filter=%7B%22active%22%3Atrue%7D'],
    ['rooms.jsonl?fields=sid&filter=%7B%22active%22%3Atrue%7D'],
    ['rooms.csv?fields=sid'],
    [`${question}&bom=true`],
  ])('is for one question, and not for %s', async (other) => {
    const ticket = (await link(question)).searchParams.get('ticket');
    await expectRefused(
      await fetch(`${service.url}/export/${other}&ticket=${ticket}`),
      'The ticket is not for this question: ask for another one.',
    );
  });

  it('is no token, and a token no ticket', async () => {
    const ticket = (await link(question)).searchParams.get('ticket')!;
    const headers = { authorization: `Bearer ${ticket}` };
    expect((await fetch(`${service.url}/export/${question}`, { headers })).status).toBe(401);
    expect((await service.query('{ viewer { project } }', {}, ticket)).status).toBe(401);
    const token = await service.token({ roomList: true });
    await expectRefused(
      await fetch(`${service.url}/export/${question}&ticket=${token}`),
      /^The ticket is not signed by this service/,
    );
  });

  it('is not to be forged', async () => {
    const ticket = (await link(question)).searchParams.get('ticket')!;
    const claims = JSON.parse(Buffer.from(ticket.split('.')[1]!, 'base64url').toString()) as object;
    for (const forged of [
      forge({ claims, secret: 'secret' }),
      forge({ claims, secret: '' }),
      forge({ claims: { ...claims, iss: 'nobody' }, secret: '' }),
      forge({ claims: { ...claims, iss: 'acmekey' }, secret: 'acme-secret' }),
      `${ticket.slice(0, ticket.lastIndexOf('.'))}.`,
      'x',
      '',
    ])
      await expectRefused(
        await fetch(`${service.url}/export/${question}&ticket=${forged}`),
        /^The ticket is not signed by this service/,
      );
  });
});
