import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { describeInBrowser, expectSoon } from './browser.js';
import { consultation, roomSid } from './consultation.js';

describeInBrowser('Room', (stage) => {
  const path = `/rooms/${roomSid}`;
  beforeAll(async () => {
    const start = Math.floor((Date.now() - 7_200_000) / 1000) * 1000 + 418;
    for (const body of consultation(start)) await stage.service.deliver(body);
  });
  const bar = (page: Page, sid: string) => page.locator(`[data-id="${sid}"]`);
  const box = async (page: Page, sid: string) => (await bar(page, sid).boundingBox())!;

  test('draws bars as long as the sessions were, to the millisecond', async () => {
    const page = await stage.open(path);
    await bar(page, 'PA_weiss2').waitFor();
    const seconds = { PA_ada: 3535.582, PA_weiss1: 1423.418, PA_phone: 2462.582, PA_feed: 2629.582 };
    const lengths = await Promise.all(Object.keys(seconds).map(async (sid) => (await box(page, sid)).width));
    const scale = lengths[0]! / seconds.PA_ada;
    Object.values(seconds).forEach((length, at) => expect(Math.abs(lengths[at]! - length * scale)).toBeLessThan(1));
    const [first, second] = [await box(page, 'PA_weiss1'), await box(page, 'PA_weiss2')];
    expect(first.y).toBe(second.y);
    await page.getByText('rejoined after 36 s').waitFor();
  });

  test('hatches what lies after the last sign of life', async () => {
    const page = await stage.open(path);
    await bar(page, 'PA_chloe').waitFor();
    const tail = bar(page, 'PA_chloe').locator('.doubt');
    const [whole, uncertain] = [(await box(page, 'PA_chloe')).width, (await tail.boundingBox())!.width];
    expect(uncertain / whole).toBeCloseTo((3543 - 1951) / (3543 - 200), 2);
    expect(
      await page.evaluate(`getComputedStyle(document.querySelector('[data-id=PA_chloe] .doubt')).backgroundImage`),
    ).toContain('repeating-linear-gradient');
    expect(await bar(page, 'PA_ada').locator('.doubt').count()).toBe(0);
    await page.getByText('connection lost, ±25 s').waitFor();
    await page.getByText(/^not heard of since/).waitFor();
  });

  test('is read by keyboard alone: arrows move between bars, Enter tells more, Escape closes', async () => {
    const page = await stage.open(path);
    await bar(page, 'PA_ada').focus();
    const focused = (): Promise<string> => page.evaluate('document.activeElement.dataset.id');
    for (const [key, sid] of [
      ['ArrowDown', 'PA_agent'],
      ['ArrowDown', 'PA_weiss1'],
      ['ArrowRight', 'PA_weiss2'],
      ['ArrowLeft', 'PA_weiss1'],
      ['ArrowDown', 'PA_chloe'],
    ]) {
      await page.keyboard.press(key!);
      await expectSoon(focused).toBe(sid);
    }
    const sentence = await bar(page, 'PA_chloe').getAttribute('aria-label');
    expect(sentence).toMatch(/^Chloé, person; from [\d:]+ to [\d:]+, 55 min; 26 min of it not certain;/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Chloé' }).waitFor();
    await page.getByText('participant_left never came').waitFor();
    expect(page.url()).toContain('sel=PA_chloe');
    await page.keyboard.press('Escape');
    await page.getByRole('heading', { name: 'The room' }).waitFor();
  });

  test('zooms by the wheel, pans by dragging, and shows all again upon a double click', async () => {
    const page = await stage.open(path);
    await bar(page, 'PA_ada').waitFor();
    const before = await box(page, 'PA_ada');
    await page.mouse.move(before.x + before.width / 2, before.y + 5);
    await page.mouse.wheel(0, -400);
    const phone = async (): Promise<number> => (await box(page, 'PA_phone')).width;
    const narrow = before.width * (2462.582 / 3535.582);
    await expectSoon(phone).toBeGreaterThan(narrow * 2);
    const x = (await box(page, 'PA_phone')).x;
    await page.mouse.down();
    await page.mouse.move(before.x + before.width / 2 + 120, before.y + 5, { steps: 4 });
    await page.mouse.up();
    await expectSoon(async () => Math.round((await box(page, 'PA_phone')).x - x)).toBe(120);
    expect(page.url()).not.toContain('sel=');
    await page.mouse.dblclick(before.x + before.width / 2, before.y + 50);
    await expectSoon(async () => Math.abs((await phone()) - narrow)).toBeLessThan(1);
  });

  test('says so where there is no such room', async () => {
    const page = await stage.open('/rooms/RM_nowhere');
    await expectSoon(() => page.locator('main').innerText()).toContain('There is no such room.');
  });
});
