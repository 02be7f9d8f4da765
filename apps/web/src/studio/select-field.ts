import { html, nothing, type TemplateResult } from 'lit';

export interface SelectOption {
  value: string;
  label: string;
}

export interface SelectField {
  id: string;
  label: string;
  options: readonly SelectOption[];
  value: string;
  hint?: string;
  choose: (value: string) => void;
}

/** A labelled list to choose from. Its test id is its id. */
export function selectField({ id, label, options, value, hint, choose }: SelectField): TemplateResult {
  const handleChange = (event: Event) => {
    if (event.currentTarget instanceof HTMLSelectElement) choose(event.currentTarget.value);
  };
  return html`
    <div class="field">
      <label for=${id}>${label}</label>
      <select class="input" id=${id} data-testid=${id} aria-describedby=${hint ? `${id}-hint` : nothing}
        @change=${handleChange}>
        ${options.map(
          (option) =>
            html`<option value=${option.value} .selected=${option.value === value}>${option.label}</option>`,
        )}
      </select>
      ${hint ? html`<p class="hint" id=${`${id}-hint`}>${hint}</p>` : nothing}
    </div>
  `;
}
