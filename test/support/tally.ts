import type { Reporter, TestModule } from 'vitest/node';

/** Prints the suite's last line: true counts, alone on their line. */
export default class Tally implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const count = { passed: 0, failed: errors.length, skipped: 0, pending: 0 };
    for (const module of modules) {
      for (const test of module.children.allTests()) count[test.result().state]++;
      if (module.errors().length > 0) count.failed += module.errors().length;
    }
    const skipped = count.skipped + count.pending;
    // Printed last: after the other reporters' summaries.
    process.on('exit', () => console.log(`\n${count.passed} passed, ${count.failed} failed${skipped ? `, ${skipped} skipped` : ''}`));
  }
}
