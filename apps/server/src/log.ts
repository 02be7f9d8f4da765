import { type Logger, pino } from 'pino';
import type { Config } from './config/index.ts';

/** The server's log: JSON lines, or lines for people on a terminal. Credentials never appear in it. */
export function createLog({ level, pretty }: Config['log']): Logger {
  const forPeople = pretty === 'auto' ? process.stdout.isTTY === true : pretty;
  return pino({
    level,
    redact: ['credential', '*.credential', 'publishKey', '*.publishKey', 'req.headers.authorization'],
    ...(forPeople
      ? {
          transport: {
            target: 'pino-pretty',
            options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss' },
          },
        }
      : {}),
  });
}
