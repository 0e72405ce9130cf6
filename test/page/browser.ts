import { spawnSync } from 'node:child_process';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished } from 'vitest';
import { type Service, startService } from '../support/service.js';

/** Debian's, or the one that CHROMIUM names. */
const found = process.env['CHROMIUM'] ?? spawnSync('which', ['chromium'], { encoding: 'utf8' }).stdout?.trim();

export interface Stage {
  service: Service;
  /** A tab of a browser window of its own, closed after the test; errors of its scripts fail the test. */
  open(path?: string, options?: OpenOptions): Promise<Page>;
}

export interface OpenOptions extends BrowserContextOptions {
  /** Null: none. */
  readonly token?: string | null;
}

let launching: Promise<Browser> | undefined;

/** One for all files that a worker runs; it ends with the worker. */
const launched = (): Promise<Browser> =>
  (launching ??= chromium.launch({ executablePath: found!, args: ['--no-sandbox'] }));

/** Skipped where no Chromium is installed. */
export function describeInBrowser(name: string, tests: (stage: Stage) => void): void {
  describe.skipIf(!found)(name, () => {
    let browser: Browser;
    const stage = { open } as Stage;
    beforeAll(async () => {
      [browser, stage.service] = await Promise.all([launched(), startService()]);
    });
    afterAll(() => stage.service.stop());
    tests(stage);

    async function open(
      path = '/',
      { token = stage.service.readToken(), ...options }: OpenOptions = {},
    ): Promise<Page> {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 830 },
        timezoneId: 'Europe/Berlin',
        ...options,
      });
      onTestFinished(() => context.close());
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      onTestFinished(() => expect(errors, 'errors of scripts').toEqual([]));
      await page.goto(stage.service.url + path + (token === null ? '' : `#token=${token}`));
      return page;
    }
  });
}

/** Asks until it is so. */
export function expectSoon<T>(ask: () => T | Promise<T>): ReturnType<typeof expect.poll<T>> {
  return expect.poll(ask, { timeout: 20_000 });
}
