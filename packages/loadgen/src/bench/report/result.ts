/** A line of a chart. */
export interface Series {
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: number }[];
}

/** A chart of lines over a common axis. */
export interface Chart {
  readonly title: string;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly series: readonly Series[];
}

/** A table of finished texts; the first column names the row. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A target and what was measured. */
export interface Target {
  readonly name: string;
  /** What is wanted, in words, such as `at most 1.05`. */
  readonly wanted: string;
  /** What was measured, with its unit. */
  readonly measured: string;
  readonly met: boolean;
  /** Whether the machine had no CPU left in one of the rounds behind it. */
  readonly saturated: boolean;
}

/** What a scenario found. */
export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  /** How it was measured, in a few sentences. */
  readonly method: string;
  /** What came out, in a sentence. */
  readonly reading?: string;
  readonly targets: readonly Target[];
  readonly tables: readonly Table[];
  readonly charts: readonly Chart[];
}
