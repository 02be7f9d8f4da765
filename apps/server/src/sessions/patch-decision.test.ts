import { SpillwayError } from '@spillway/protocol';
import { expect, it } from 'vitest';
import { decidePatch } from './patch-decision.ts';

const patch = { etag: '"now"', present: 'abcd' };

function decide(ifMatch: string | undefined, offered: string | undefined): string {
  try {
    return decidePatch({ ...patch, ifMatch, offered });
  } catch (error) {
    if (error instanceof SpillwayError) return error.code;
    throw error;
  }
}

it.each([
  ['the present tag adds candidates', '"now"', 'abcd', 'trickle'],
  ['a fragment without credentials adds candidates', '"now"', undefined, 'trickle'],
  ['* with the present credentials adds candidates', '*', 'abcd', 'trickle'],
  ['* with other credentials restarts', '*', 'efgh', 'restart'],
  ['* in quotes, as in the examples, restarts', '"*"', 'efgh', 'restart'],
  ['the present tag with other credentials restarts', '"now"', 'efgh', 'restart'],
  ['one tag of a list is enough', '"old", "now"', 'abcd', 'trickle'],
  ['another tag fails', '"old"', 'abcd', 'precondition-failed'],
  ['another tag with other credentials fails', '"old"', 'efgh', 'precondition-failed'],
  ['a weak tag never matches', 'W/"now"', 'abcd', 'precondition-failed'],
  ['a tag without quotes is another one', 'now', 'abcd', 'precondition-failed'],
  ['an empty header names none', '', 'abcd', 'precondition-failed'],
  ['without If-Match it is required', undefined, 'abcd', 'precondition-required'],
])('%s', (_what, ifMatch, offered, expected) => {
  expect(decide(ifMatch, offered)).toBe(expected);
});
