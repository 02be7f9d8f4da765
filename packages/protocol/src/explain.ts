/** What a validator says of one place in a value (JSON Schema's terms). */
export interface SchemaProblem {
  readonly keyword: string;
  /** Where in the schema, as in `#/anyOf/1/properties/type`. */
  readonly schemaPath: string;
  /** Where in the value, as in `/layers/0/width`; empty for the value itself. */
  readonly instancePath: string;
  readonly params: object;
  readonly message: string;
}

/** The alternative of a union whose constant key (such as `type`) does not fit. */
const OTHER_ALTERNATIVE = /^(.*\/anyOf\/\d+)\/properties\/[^/]+$/;

/**
 * Says in a sentence what is wrong with a value: where, and what was expected.
 *
 * @param schema where a pattern may have an `expected`, what it asks for in words: completes "must be …"
 */
export function explain(problems: readonly SchemaProblem[], schema?: object): string {
  const relevant = withoutOtherAlternatives(problems);
  const [first] = relevant;
  if (!first) return 'value is not valid';
  const where = first.instancePath ? first.instancePath.slice(1).replaceAll('/', '.') : 'value';
  return `${where} ${expectation(first, relevant, schema)}`;
}

function expectation(first: SchemaProblem, problems: readonly SchemaProblem[], schema?: object): string {
  if (first.keyword === 'boolean') return 'is not a known key';
  if (first.keyword === 'pattern') {
    const words = wordsOf(schema, first.schemaPath);
    if (words !== undefined) return `must be ${words}`;
  }
  if (first.keyword !== 'const') return first.message;
  const allowed = problems.flatMap(({ keyword, instancePath, params }) =>
    keyword === 'const' && instancePath === first.instancePath && 'allowedValue' in params
      ? [JSON.stringify(params.allowedValue)]
      : [],
  );
  return allowed.length > 1 ? `must be one of ${allowed.join(', ')}` : `must be ${allowed.join()}`;
}

/** Of a union whose alternatives differ in a constant key, only what concerns the alternative that was meant. */
function withoutOtherAlternatives(problems: readonly SchemaProblem[]): readonly SchemaProblem[] {
  const others = problems.flatMap(({ keyword, schemaPath }) =>
    keyword === 'const' ? (OTHER_ALTERNATIVE.exec(schemaPath)?.[1] ?? []) : [],
  );
  const meant = problems.filter(
    ({ keyword, schemaPath }) =>
      keyword !== 'anyOf' && !others.some((other) => `${schemaPath}/`.startsWith(`${other}/`)),
  );
  return meant.length > 0 ? meant : problems.filter(({ keyword }) => keyword === 'const');
}

/** The `expected` of the place in a schema that a path such as `#/properties/url` names. */
function wordsOf(schema: unknown, path: string): string | undefined {
  const node = path
    .split('/')
    .slice(1)
    .reduce<unknown>((at, key) => (isObject(at) ? at[key] : undefined), schema);
  return isObject(node) && typeof node.expected === 'string' ? node.expected : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
