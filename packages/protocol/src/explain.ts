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

/** Says in a sentence what is wrong with a value: where, and what was expected. */
export function explain(problems: readonly SchemaProblem[]): string {
  const relevant = withoutOtherAlternatives(problems);
  const [first] = relevant;
  if (!first) return 'value is not valid';
  const where = first.instancePath ? first.instancePath.slice(1).replaceAll('/', '.') : 'value';
  return `${where} ${expectation(first, relevant)}`;
}

function expectation(first: SchemaProblem, problems: readonly SchemaProblem[]): string {
  if (first.keyword === 'boolean') return 'is not a known key';
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
