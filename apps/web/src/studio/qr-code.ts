import { generate } from 'lean-qr';
import { html, LitElement } from 'lit';

/** A text as a QR code, dark on light in either theme: many scanners want it so. */
class QrCode extends LitElement {
  static override properties = { text: {}, label: {} };
  declare text: string;
  declare label: string;

  constructor() {
    super();
    this.text = '';
    this.label = '';
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    return html`<canvas class="qr" role="img" aria-label=${this.label} data-testid="qr"></canvas>`;
  }

  protected override updated(): void {
    const canvas = this.querySelector('canvas');
    if (!canvas || !this.text) return;
    generate(this.text).toCanvas(canvas, { on: [15, 29, 35, 255], off: [255, 255, 255, 255], pad: 3 });
  }
}

customElements.define('qr-code', QrCode);
