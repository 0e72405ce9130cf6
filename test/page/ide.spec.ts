import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { samples } from '../../web/ide/samples.js';
import { startService } from '../support/service.js';
import { describeInBrowser, expectSoon } from './browser.js';
import { consultation } from './consultation.js';

describeInBrowser('the IDE', (stage) => {
  beforeAll(async () => {
    for (const body of consultation(Date.now() - 7_200_000)) await stage.service.deliver(body);
  });

  test.each(samples.filter(({ text }) => !text.includes('subscription')))(
    'the API answers the sample $name',
    async ({ text, variables }) => {
      const { errors } = await stage.service.query(text, variables?.(Date.now()));
      expect(errors).toBeUndefined();
    },
  );

  test('answers what is asked, with the token of the tab, within the strict policy', async () => {
    const page = await stage.open('/ide?sample=Open%20rooms');
    await page.getByRole('button', { name: 'Run' }).click();
    const answer = page.locator('.code.answer .cm-content');
    await expectSoon(() => answer.innerText()).toContain('"totalCount"');
    await page.getByRole('button', { name: 'History' }).click();
    expect(await page.locator('.history li').count()).toBe(1);
  });

  test('completes fields from the schema, which it asks for', async () => {
    const page = await stage.open('/ide');
    await page.locator('.code.graphql .cm-content').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type(' { vie');
    await expectSoon(() => page.locator('.cm-tooltip-autocomplete').innerText()).toContain('viewer');
  });

  test('says so where the service tells no schema, and no script holds it', async () => {
    const silent = await startService({ settings: { introspection: false } });
    onTestFinished(() => silent.stop());
    const page = await stage.open('/', { token: null });
    const scripts: Promise<string>[] = [];
    page.on('response', (response) => {
      if (new URL(response.url()).pathname.endsWith('.js')) scripts.push(response.text());
    });
    await page.goto(`${silent.url}/ide#token=${silent.readToken()}`);
    await page.getByText('This service does not tell its schema').waitFor();
    const loaded = await Promise.all(scripts);
    expect(loaded.length).toBeGreaterThan(1);
    expect(loaded.filter((script) => script.includes('input PathFilter'))).toEqual([]);
    await page.getByRole('button', { name: 'Run' }).click();
    await expectSoon(() => page.locator('.code.answer .cm-content').innerText()).toContain('"totalCount"');
  });

  test('shows what a subscription tells, until it is stopped', async () => {
    const page = await stage.open('/ide?sample=Webhooks%2C%20live');
    await page.getByRole('button', { name: 'Run' }).click();
    const answer = page.locator('.code.answer .cm-content');
    const [first, ...more] = consultation(Date.now() - 3_600_000);
    for (const body of [first!, ...more].slice(0, 8)) {
      await stage.service.deliver(body);
      if ((await answer.innerText()).includes('room_started')) break;
    }
    await expectSoon(() => answer.innerText()).toMatch(/participant_joined|track_published|room_started/);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Run' }).waitFor();
  });
});
