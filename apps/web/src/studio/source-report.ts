import type { AudioPlan, Finding, SourceReport, VideoPlan } from '@spillway/protocol';
import { html, LitElement, nothing } from 'lit';
import { formatDuration } from './format.ts';
import { checkIcon, infoIcon, warnIcon } from './icons.ts';
import { actionChip, costText, inputWords, planWords, severityText } from './source-words.ts';
import { type StudioText, t } from './texts.ts';

const fps = (rate: string): string => t('fps', { rate });

/** What the doctor says: what comes in, what viewers get of it, and what could be better. */
class SourceReportView extends LitElement {
  static override properties = { report: { attribute: false } };
  declare report: SourceReport;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const { streams, duration, video, audio, findings } = this.report;
    const facts = streams.map((stream) => inputWords(stream, fps));
    if (duration) facts.push(formatDuration(duration * 1000));
    return html`
      <h3>${t('doctor')}</h3>
      <dl class="plans">
        <div class="plan">
          <dt>${t('input')}</dt>
          <dd data-testid="report-input">${facts.length > 0 ? facts.join(' · ') : t('noStreams')}</dd>
        </div>
        ${video ? this.#plan('video', 'planVideo', video) : nothing}
        ${audio ? this.#plan('audio', 'planAudio', audio) : nothing}
      </dl>
      <ul class="findings">
        ${findings.map((finding) => this.#finding(finding))}
        ${
          findings.every(({ cure }) => cure === '')
            ? html`<li class="finding good">${checkIcon}<p>${t('allWell')}</p></li>`
            : nothing
        }
      </ul>
    `;
  }

  #plan(kind: string, label: StudioText, plan: VideoPlan | AudioPlan) {
    const chip = actionChip(plan);
    const result = planWords(plan, fps);
    const costs = costText(plan);
    const cost = costs ? t(costs, { cores: plan.cores.toFixed(1) }) : '';
    return html`
      <div class="plan" data-testid=${`plan-${kind}`} data-action=${plan.action}>
        <dt>${t(label)}</dt>
        <dd>
          <span class="badge ${chip.badge}">${t(chip.text)}</span>
          ${[result, cost].filter(Boolean).join(' · ')}
          <p class="hint" lang="en">${plan.reason}</p>
        </dd>
      </div>
    `;
  }

  #finding(finding: Finding) {
    const { severity, code, message, cure } = finding;
    return html`
      <li class="finding ${severity}" data-testid="finding" data-code=${code} data-severity=${severity}>
        ${severity === 'info' ? infoIcon : warnIcon}
        <div>
          <p><span class="visually-hidden">${t(severityText(finding))}</span><span lang="en">${message}</span></p>
          ${cure ? html`<p class="hint" lang="en">${cure}</p>` : nothing}
        </div>
      </li>
    `;
  }
}

customElements.define('source-report', SourceReportView);
