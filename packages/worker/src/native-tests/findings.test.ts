import { expect, it } from 'vitest';
import { Findings } from './findings.ts';

it('are told once for each place', () => {
  const findings = new Findings();

  for (const line of [
    'All tests passed',
    '../source/src/B.cpp:7:3: runtime error: signed integer overflow: 1 + 2147483647 cannot be represented',
    '../source/src/B.cpp:7:3: runtime error: signed integer overflow: 2 + 2147483647 cannot be represented',
    '../source/src/A.cpp:12:5: runtime error: load of misaligned address 0x7f00 for type int',
    'SUMMARY: AddressSanitizer: heap-use-after-free ../source/src/C.cpp:9 in f',
  ]) {
    findings.add(line);
  }
  expect(findings.list).toEqual([
    '../source/src/A.cpp:12:5: load of misaligned address N for type int',
    '../source/src/B.cpp:7:3: signed integer overflow: N + N cannot be represented',
    'AddressSanitizer: heap-use-after-free ../source/src/C.cpp:9 in f',
  ]);
});
