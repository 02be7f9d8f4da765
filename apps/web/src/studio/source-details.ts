import { html, nothing } from 'lit';
import { sourceFolds } from './source-folds.ts';
import './source-report.ts';
import { StudioElement } from './studio-element.ts';
import { t } from './texts.ts';

/** What the doctor says of the source, and what has happened to it. */
class SourceDetails extends StudioElement {
  protected override render() {
    const { status } = this.studio.source;
    if (!status) return nothing;
    const { report, backups, history, lastWords } = status;
    if (!report && backups.length + history.length + lastWords.length === 0) return nothing;
    return html`
      <section class="card panel" aria-label=${t('details')}>
        ${report ? html`<source-report .report=${report} data-testid="source-report"></source-report>` : nothing}
        ${sourceFolds(status)}
      </section>
    `;
  }
}

customElements.define('source-details', SourceDetails);
