import type { SourceConfig, SourceStatus } from '@spillway/protocol';
import type { Logger } from './logger.ts';
import { idleCondition, nextCondition, type SourceCondition, type SourceEvent } from './source-state.ts';

/** Holds the condition of a source, logs its changes and tells them. */
export class ConditionKeeper {
  readonly #logger: Logger;
  readonly #fields: object;
  readonly #onChange: () => void;
  #condition: SourceCondition = idleCondition(Date.now());

  /** `fields` go with each log line. */
  constructor(logger: Logger, fields: object, onChange: () => void) {
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
    const { state, reason } = this.#condition;
    if (this.#condition === before) return;
    if (state !== before.state) {
      const level =
        state === 'failed' ? 'error' : state === 'retrying' || state === 'stalled' ? 'warn' : 'info';
      this.#logger[level](
        { ...this.#fields, state },
        reason ? `Source ${state}: ${reason}` : `Source ${state}`,
      );
    }
    this.#onChange();
  }

  status(config: SourceConfig, lastWords: readonly string[]): SourceStatus {
    const { state, since, reason, restarts } = this.#condition;
    return {
      config,
      state,
      since: new Date(since).toISOString(),
      reason,
      restarts,
      lastWords: [...lastWords],
    };
  }
}
