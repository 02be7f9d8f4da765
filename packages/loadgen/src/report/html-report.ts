import type { LoadResult } from './result.ts';
export function htmlReport(result: LoadResult): string {
  return JSON.stringify(result);
}
