import type { Reporter, TestModule } from 'vitest/node';

/** Prints the suite's last line: true counts, alone on their line. */
export default class Tally implements Reporter {
  /** Until the run ends well: a run that ends before its tests has failed. */
  private count = { passed: 0, failed: 1, skipped: 0, pending: 0 };

  onInit(): void {
    // At exit: after the other reporters' summaries.
    process.once('exit', () => {
      const { passed, failed, skipped, pending } = this.count;
      const left = skipped + pending;
      console.log(`\n${passed} passed, ${failed} failed${left > 0 ? `, ${left} skipped` : ''}`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    this.count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) this.count[test.result().state]++;
      this.count.failed += module.errors().length;
    }
  }
}
