import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { createDatabase } from '../support/database.js';
import { runService } from '../support/process.js';
import { describeInBrowser, expectSoon } from './browser.js';
import { consultation, roomSid } from './consultation.js';
import { PlayedRoom } from './played-room.js';

describeInBrowser('signing in', (stage) => {
  beforeAll(async () => {
    for (const body of consultation(Date.now() - 7_200_000)) await stage.service.deliver(body);
    await new PlayedRoom('another', (body) => stage.service.deliver(body)).begins();
  });

  test('is entered by the link that the service prints when it is ready in development', async () => {
    const database = await createDatabase();
    onTestFinished(() => database.drop());
    const { child, ready } = runService({ DATABASE_URL: database.url });
    let output = '';
    child.stdout!.on('data', (chunk) => (output += String(chunk)));
    const url = await ready;
    const [link] = /http\S+#token=\S+/.exec(output) ?? [];
    const page = await stage.open('/', { token: null });
    await page.goto(link!);
    await page.getByText('No webhook has come yet.').waitFor();
    expect(page.url()).toBe(`${url}/`);
  });

  test('takes the token out of the address, and keeps it for the tab', async () => {
    const page = await stage.open('/rooms?name=consult');
    await page.getByRole('link', { name: 'consultation-4821' }).waitFor();
    expect(page.url()).toBe(`${stage.service.url}/rooms?name=consult`);
    await page.reload();
    await page.getByRole('link', { name: 'consultation-4821' }).waitFor();
    expect(await page.evaluate('document.cookie + JSON.stringify(localStorage)')).not.toContain('ey');
  });

  test('gives the token to a new tab of the same page', async () => {
    const page = await stage.open();
    await page.getByRole('heading', { name: 'Live' }).waitFor();
    const other = await page.context().newPage();
    await other.goto(`${stage.service.url}/rooms/${roomSid}`);
    await expectSoon(() => other.locator('h1').innerText()).toContain('consultation-4821');
  });

  test('leads to the sign-in when the token has expired, and back to the same view', async () => {
    const token = stage.service.sign({ roomledger: { read: true } }, { ttlSeconds: 5 });
    const page = await stage.open(`/rooms/${roomSid}?sel=PA_chloe`, { token });
    await page.getByRole('heading', { name: 'Your token is no longer valid' }).waitFor();
    expect(await page.locator('form').innerText()).toContain('npm run token');
    await page.getByLabel('Link or token').fill('not one');
    await page.keyboard.press('Enter');
    await page.getByText('This is neither a token nor a link with one.').waitFor();
    await page.getByLabel('Link or token').fill(`http://127.0.0.1:3000/#token=${stage.service.readToken()}`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Chloé' }).waitFor();
    expect(page.url()).toBe(`${stage.service.url}/rooms/${roomSid}?sel=PA_chloe`);
  });

  test('leads to the sign-in when the service takes the token no more', async () => {
    const page = await stage.open('/usage', { token: `${stage.service.readToken()}x` });
    await expectSoon(() => page.locator('h1').innerText()).toBe('Your token is no longer valid');
  });

  test('asks before a link takes the place of who is signed in', async () => {
    const page = await stage.open('/rooms');
    await page.getByRole('heading', { name: 'Rooms' }).waitFor();
    const other = stage.service.readToken('consultation-4821');
    await page.goto(`${stage.service.url}/rooms#token=${other}`);
    const dialog = page.getByRole('alertdialog');
    await dialog.getByText('for the room consultation-4821').waitFor();
    expect(page.url()).not.toContain('token');
    await dialog.getByRole('button', { name: 'Stay signed in' }).click();
    expect(await page.getByRole('link', { name: 'Usage' }).count()).toBe(1);
    await page.goto(`${stage.service.url}/rooms#token=${other}`);
    await dialog.getByRole('button', { name: 'Use the new one' }).click();
    await page.getByRole('link', { name: 'Usage' }).waitFor({ state: 'detached' });
  });

  test('shows a token of one room that room and nothing else', async () => {
    const page = await stage.open('/', { token: stage.service.readToken('consultation-4821') });
    await page.getByRole('heading', { name: 'consultation-4821' }).waitFor();
    expect(await page.locator('nav li').allInnerTexts()).toEqual(['This room']);
    await page.getByRole('link', { name: 'This room' }).click();
    await page.locator('tbody tr').first().waitFor();
    expect(await page.locator('tbody .room').allInnerTexts()).toEqual(['consultation-4821']);
    await page.goto(`${stage.service.url}/usage`);
    await page.getByText('Your token shows the room consultation-4821 only.').waitFor();
  });
});
