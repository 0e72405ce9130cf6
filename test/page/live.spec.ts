import { expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../support/database.js';
import { startService } from '../support/service.js';
import { describeInBrowser, expectSoon } from './browser.js';
import { consultation } from './consultation.js';
import { PlayedRoom } from './played-room.js';

describeInBrowser('Live', (stage) => {
  test('shows a room that fills and empties, without a reload', async () => {
    const page = await stage.open();
    await page.getByText('No webhook has come yet.').waitFor();
    expect(page.url()).toBe(`${stage.service.url}/`);
    const room = new PlayedRoom('daily', (body) => stage.service.deliver(body));
    await room.begins();
    const row = page.locator(`tr[data-sid="${room.sid}"]`);
    await row.waitFor();
    await room.joins('ada');
    await room.joins('ben');
    const people = async (): Promise<string> => (await row.locator('.people').innerText()).split('\n').sort().join(' ');
    await expectSoon(people).toBe('2 A B');
    await expectSoon(() => page.locator('.figures dd').nth(1).innerText()).toBe('2');
    await room.leaves('ada');
    await expectSoon(people).toBe('1 B');
    await room.leaves('ben');
    await room.ends();
    await row.waitFor({ state: 'detached' });
    await page.getByText('No room is open.').waitFor();
  });

  test('keeps the rows in their places under the mouse, and sorts them when it has left', async () => {
    const [small, large] = ['quiet', 'busy'].map((name) => new PlayedRoom(name, (body) => stage.service.deliver(body)));
    for (const room of [small!, large!]) await room.begins();
    await small!.joins('ada');
    const page = await stage.open();
    const names = (): Promise<string[]> => page.locator('.live tbody .room').allInnerTexts();
    const places = async (): Promise<string[]> => {
      const rows = await page.locator('.live tbody tr').all();
      const tops = await Promise.all(
        rows.map(async (row) => [(await row.boundingBox())!.y, await row.locator('.room').innerText()] as const),
      );
      return tops.sort(([a], [b]) => a - b).map(([, name]) => name);
    };
    await expectSoon(names).toHaveLength(2);
    await page.locator('.live tbody tr').first().hover();
    for (const identity of ['ben', 'chloé', 'dan']) await large!.joins(identity);
    await expectSoon(() => page.locator(`tr[data-sid="${large!.sid}"] b`).innerText()).toBe('3');
    expect(await places()).toEqual(['quiet', 'busy']);
    await page.mouse.move(5, 5);
    await expectSoon(places).toEqual(['busy', 'quiet']);
    for (const room of [small!, large!]) await room.ends();
  });

  test('is searched from the keyboard, and leads on to what is past', async () => {
    for (const body of consultation(Date.now() - 7_200_000)) await stage.service.deliver(body);
    const kept = new PlayedRoom('kept', (body) => stage.service.deliver(body));
    await kept.begins();
    const page = await stage.open();
    await page.getByRole('link', { name: 'kept' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('consultation-4821');
    await page.getByText('No open room matches.').waitFor();
    await page.getByRole('link', { name: 'past rooms' }).click();
    await page.getByRole('link', { name: 'consultation-4821' }).waitFor();
    expect(page.url()).toBe(`${stage.service.url}/rooms?name=consultation-4821`);
    await kept.ends();
  });

  test('says that it reconnects while the service is away, and catches up when it is back', async () => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    const first = await startService({ databaseUrl: database.url });
    const page = await stage.open('/', { token: null });
    await page.goto(`${first.url}/#token=${first.readToken()}`);
    await page.getByText('No webhook has come yet.').waitFor();
    await page.getByText('up to date').waitFor();
    await first.stop();
    await page.getByText(/reconnecting, last update \d\d:\d\d:\d\d/).waitFor();
    const second = await startService({ databaseUrl: database.url, port: Number(new URL(first.url).port) });
    onTestFinished(() => second.stop());
    const room = new PlayedRoom('missed', (body) => second.deliver(body));
    await room.begins();
    await page.locator(`tr[data-sid="${room.sid}"]`).waitFor();
    await page.getByText('up to date').waitFor();
    expect(await page.getByText('reconnecting').count()).toBe(0);
  });

  test('draws only the rows on the screen of a thousand', async () => {
    const rooms = Array.from(
      { length: 1_000 },
      (_, at) => new PlayedRoom(`many-${at}`, (body) => stage.service.deliver(body)),
    );
    for (let at = 0; at < rooms.length; at += 250)
      await Promise.all(rooms.slice(at, at + 250).map((room) => room.begins()));
    const page = await stage.open();
    await expectSoon(() => page.locator('.figures dd').first().innerText()).toMatch(/^1\s000$/);
    expect(await page.locator('.live tbody tr').count()).toBeLessThan(60);
    await page.mouse.wheel(0, 30_000);
    await expectSoon(() => page.locator('.live tbody tr').count()).toBeGreaterThan(10);
    expect(await page.locator('.live tbody tr').count()).toBeLessThan(60);
  });
});
