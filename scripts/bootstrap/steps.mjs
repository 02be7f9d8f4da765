import { stderr } from 'node:process';

/** Milliseconds between two signs of life of a long step where there is no terminal. */
const PLAIN_PROGRESS_MS = 30_000;
const TERMINAL_PROGRESS_MS = 1000;

/** A step of the set-up that failed: what, the last words of the command that ran, and what to do. */
export class StepError extends Error {
  /**
   * @param {string} message what failed
   * @param {{ advice?: string, lastLines?: readonly string[], cause?: unknown }} [details]
   */
  constructor(message, { advice = '', lastLines = [], cause } = {}) {
    super(message, { cause });
    this.name = 'StepError';
    this.advice = advice;
    this.lastLines = lastLines;
  }
}

/** @param {number} since from `performance.now()` */
const seconds = (since) => `${Math.round((performance.now() - since) / 1000)} s`;

/**
 * Runs one step and shows it: on a terminal one line that counts the seconds, elsewhere a line at the start, one every
 * half minute, and one at the end.
 *
 * @template T
 * @param {string} title what is being done
 * @param {(detail: (text: string) => void) => Promise<T>} run gets a function that shows what it is at
 * @returns {Promise<T>}
 */
export async function runStep(title, run) {
  const started = performance.now();
  const terminal = stderr.isTTY === true;
  let detail = '';
  const show = () => {
    const text = `setup: ${title}, ${seconds(started)}${detail && `: ${detail}`}`;
    if (terminal) stderr.write(`\r\u001b[K${text.slice(0, (stderr.columns || 80) - 1)}`);
    else stderr.write(`${text}\n`);
  };
  if (terminal) show();
  else stderr.write(`setup: ${title}\n`);
  const timer = setInterval(show, terminal ? TERMINAL_PROGRESS_MS : PLAIN_PROGRESS_MS);
  const end = (/** @type {string} */ how) => {
    clearInterval(timer);
    stderr.write(`${terminal ? '\r\u001b[K' : ''}setup: ${title}: ${how} ${seconds(started)}\n`);
  };
  try {
    const result = await run((text) => {
      detail = text;
    });
    end('done in');
    return result;
  } catch (error) {
    end('failed after');
    throw error;
  }
}

/** One line that the reader should see and that stops nothing. @param {string} text */
export function note(text) {
  stderr.write(`setup: ${text}\n`);
}

/** What a failed run says at its end. @param {unknown} error @returns {string} */
export function failureText(error) {
  if (!(error instanceof StepError)) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const lines = error.lastLines.map((line) => `  | ${line}`);
  const advice = error.advice ? [`What to do: ${error.advice}`] : [];
  return [`setup failed: ${error.message}`, ...lines, ...advice].join('\n');
}
