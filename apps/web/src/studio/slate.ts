/** Milliseconds between pictures: new viewers need one soon. */
const INTERVAL_MS = 500;

/** A still picture as a track: what viewers see while the broadcaster has no camera. */
export class Slate {
  readonly track: MediaStreamTrack | undefined;
  readonly #canvas = document.createElement('canvas');
  readonly #timer: ReturnType<typeof setInterval>;

  constructor() {
    this.#canvas.width = 1280;
    this.#canvas.height = 720;
    this.#draw();
    this.track = this.#canvas.captureStream(5).getVideoTracks()[0];
    this.#timer = setInterval(() => this.#draw(), INTERVAL_MS);
  }

  close(): void {
    clearInterval(this.#timer);
    this.track?.stop();
  }

  /** A camera that is crossed out; no words, for viewers speak many languages. */
  #draw(): void {
    const context = this.#canvas.getContext('2d');
    if (!context) return;
    const { width, height } = this.#canvas;
    context.fillStyle = '#0a0f12';
    context.fillRect(0, 0, width, height);
    context.save();
    context.translate(width / 2, height / 2);
    context.strokeStyle = '#647b86';
    context.lineWidth = 10;
    context.lineCap = 'round';
    context.lineJoin = 'round';
    context.beginPath();
    context.roundRect(-95, -60, 130, 120, 18);
    context.moveTo(50, -15);
    context.lineTo(95, -45);
    context.lineTo(95, 45);
    context.lineTo(50, 15);
    context.moveTo(-105, -90);
    context.lineTo(105, 90);
    context.stroke();
    context.restore();
  }
}
