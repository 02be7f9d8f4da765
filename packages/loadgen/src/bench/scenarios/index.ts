import { cache } from './cache.ts';
import { churn } from './churn.ts';
import { cost } from './cost.ts';
import { feedback } from './feedback.ts';
import { bitrate, viewers } from './growth.ts';
import { memory } from './memory.ts';
import { rooms } from './rooms.ts';
import type { Scenario } from './scenario.ts';
import { sends } from './sends.ts';
import { start } from './start.ts';
import { startStorm } from './start-storm.ts';
import { storm } from './storm.ts';
import { workers } from './workers.ts';

/** All parts of the benchmark, in the order in which they run. */
export const scenarios: readonly Scenario[] = [
  cost,
  viewers,
  bitrate,
  workers,
  storm,
  memory,
  rooms,
  churn,
  feedback,
  start,
  startStorm,
  sends,
  cache,
];
