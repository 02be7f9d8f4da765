import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';
import { type Counts, countLine } from './counts.ts';

/** Counts the tests of a run. A file that failed without a failed test (it could not be loaded) counts as one. */
export function countTests(modules: readonly TestModule[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    const failedBefore = counts.failed;
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      if (state === 'passed' || state === 'failed') counts[state]++;
      else counts.skipped++;
    }
    if (module.state() === 'failed' && counts.failed === failedBefore) counts.failed++;
  }
  return counts;
}

/** Writes the line with the counts to the file that TEST_COUNT_FILE names. */
export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const file = process.env.TEST_COUNT_FILE;
    if (file) writeFileSync(file, `${countLine(countTests(modules))}\n`);
  }
}
