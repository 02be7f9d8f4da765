import { html, type TemplateResult } from 'lit';

export interface Segment<Value extends string> {
  value: Value;
  label: string;
  icon?: unknown;
}

export interface Segments<Value extends string> {
  /** Name of the group; the test id of each is `NAME-VALUE`. */
  name: string;
  label: string;
  segments: readonly Segment<Value>[];
  value: Value;
  disabled?: boolean;
  /** Icons above their labels. Default: beside. */
  tall?: boolean;
  choose: (value: Value) => void;
}

/** A few choices side by side. Radio buttons, so that arrow keys and screen readers work as people know them. */
export function segments<Value extends string>({
  name,
  label,
  segments,
  value,
  disabled = false,
  tall = false,
  choose,
}: Segments<Value>): TemplateResult {
  return html`
    <div class="segments ${tall ? 'tall' : ''}" role="radiogroup" aria-label=${label}>
      ${segments.map(
        (segment) => html`
          <label class="segment">
            <input type="radio" name=${name} value=${segment.value} .checked=${segment.value === value} ?disabled=${disabled}
              data-testid=${`${name}-${segment.value}`} @change=${() => choose(segment.value)} />
            ${segment.icon}<span>${segment.label}</span>
          </label>
        `,
      )}
    </div>
  `;
}
