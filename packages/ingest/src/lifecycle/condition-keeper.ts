import type { SourceChange } from '@spillway/protocol';
import type { Logger } from '../logger.ts';
import { idleCondition, nextCondition, type SourceCondition, type SourceEvent } from './source-state.ts';

const MAX_HISTORY = 20;

/** Holds the condition of a source, logs its changes and tells them. */
export class ConditionKeeper {
  readonly #logger: Logger;
  readonly #fields: object;
  readonly #onChange: (changed: SourceChange | undefined) => void;
  #condition: SourceCondition = idleCondition(Date.now());
  #history: readonly SourceChange[] = [];

  /**
   * @param fields go with each log line
   * @param onChange gets the change of state, or undefined when something else has changed
   */
  constructor(logger: Logger, fields: object, onChange: (changed: SourceChange | undefined) => void) {
    this.#logger = logger;
    this.#fields = fields;
    this.#onChange = onChange;
  }

  get state(): SourceCondition['state'] {
    return this.#condition.state;
  }

  handle(event: SourceEvent): void {
    const before = this.#condition;
    this.#condition = nextCondition(before, event, Date.now());
    const { state, reason, since } = this.#condition;
    if (this.#condition === before) return;
    if (state === before.state) {
      this.#onChange(undefined);
      return;
    }
    const level =
      state === 'failed' ? 'error' : state === 'retrying' || state === 'stalled' ? 'warn' : 'info';
    this.#logger[level](
      { ...this.#fields, state },
      reason ? `Source ${state}: ${reason}` : `Source ${state}`,
    );
    const change = { state, at: new Date(since).toISOString(), reason };
    this.#history = [...this.#history, change].slice(-MAX_HISTORY);
    this.#onChange(change);
  }

  /** What is told of it in every source's status. */
  describe() {
    const { state, since, reason, restarts } = this.#condition;
    return { state, since: new Date(since).toISOString(), reason, restarts, history: [...this.#history] };
  }
}
