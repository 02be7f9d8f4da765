import type { Checked } from '@spillway/protocol';
import { endMediaLibrary } from '../viewer/media-peer.ts';
import { reasonOf } from '../viewer/viewer-session.ts';
import type { Message } from './child-program.ts';

/** The child's end: says what it has to say, and ends. */
export interface ParentLink<Report extends Message> {
  /** Fulfilled when it is on its way. */
  say(report: Report): Promise<void>;
  /** Ends this process, in order. */
  end(): void;
}

/**
 * Runs a child process: every command that comes is checked and obeyed. It ends with its parent; a command that fails is
 * answered with a report `failed`, and ends it too.
 */
export function runChild<Command extends Message, Report extends Message>(
  check: (message: unknown) => Checked<Command>,
  obey: (command: Command, link: ParentLink<Report>) => Promise<void>,
): void {
  // Nobody is left to say goodbye for.
  const endWithParent = () => process.exit(1);
  process.on('disconnect', endWithParent);
  // A Ctrl-C reaches all processes of the terminal; the parent says when to stop.
  process.on('SIGINT', () => {});

  const send = (message: Message) =>
    new Promise<void>((resolve) => {
      if (process.send) process.send(message, () => resolve());
      else resolve();
    });
  const end = (code: number) => {
    process.off('disconnect', endWithParent);
    endMediaLibrary();
    process.exit(code);
  };
  process.on('message', (message) => {
    const command = check(message);
    const work = command.ok
      ? obey(command.value, { say: send, end: () => end(0) })
      : Promise.reject(new Error(command.error));
    work.catch(async (error: unknown) => {
      const failed = { type: 'failed', reason: reasonOf(error) };
      await send(failed);
      end(1);
    });
  });
}
