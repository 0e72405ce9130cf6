import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { beforeAll, expect, test } from 'vitest';
import { describeInBrowser } from './browser.js';
import { consultation, roomSid } from './consultation.js';
import { PlayedRoom } from './played-room.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: { readonly html: string }[];
}

describeInBrowser('axe', (stage) => {
  beforeAll(async () => {
    for (const body of consultation(Date.now() - 3_600_000)) await stage.service.deliver(body);
    const room = new PlayedRoom('open now', (body) => stage.service.deliver(body));
    await room.begins();
    await room.joins('ada');
    await stage.service.deliver(
      JSON.stringify({ event: 'room_started', id: 'EV_odd', createdAt: String(Math.floor(Date.now() / 1000)) }),
    );
  });

  const views = [
    ['Live', '/', '.live tbody tr'],
    ['Rooms', '/rooms', 'tbody tr'],
    ['Room', `/rooms/${roomSid}?sel=PA_chloe`, '.webhooks li.warn'],
    ['People', '/people', 'tbody tr'],
    ['a person', '/people/chloe-73', '.piece'],
    ['Usage', '/usage', 'tfoot'],
    ['Events', '/events', 'tbody tr'],
    ['an event', '/events?show=EV_odd', '.payload pre'],
    ['the IDE', '/ide', '.code.graphql .cm-content'],
    ['the sign-in', '/', 'form'],
  ] as const;
  test.each(views)('finds nothing serious in %s, light or dark, and it fits wide and narrow', async (...view) => {
    const [name, path, ready] = view;
    const page = await stage.open(path, { bypassCSP: true, ...(name === 'the sign-in' && { token: null }) });
    await page.locator(ready).first().waitFor();
    await page.evaluate(axe);
    expect(await serious(page), 'light').toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    // The other rules look at no colour.
    expect(await serious(page, ['color-contrast']), 'dark').toEqual([]);
    for (const width of [1280, 390]) {
      await page.setViewportSize({ width, height: 830 });
      expect(
        await page.evaluate('document.documentElement.scrollWidth - innerWidth'),
        `${width} px`,
      ).toBeLessThanOrEqual(0);
    }
  });
});

async function serious(page: Page, rules?: readonly string[]): Promise<string[]> {
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  const { violations } = await page.evaluate<{ violations: Violation[] }>(`axe.run(${JSON.stringify(options)})`);
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}
