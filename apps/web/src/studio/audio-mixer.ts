/** Joins the microphone's sound and a screen's into one track; one alone passes as it is. */
export class AudioMixer {
  readonly #context: AudioContext;
  #mixed: { parts: MediaStreamTrack[]; nodes: AudioNode[]; track: MediaStreamTrack | undefined } | undefined;

  constructor(context: AudioContext) {
    this.#context = context;
  }

  /** The track to send. The same for the same parts. */
  mix(...given: (MediaStreamTrack | undefined)[]): MediaStreamTrack | undefined {
    const parts = given.filter((track) => track !== undefined);
    if (parts.length < 2) {
      this.#release();
      return parts[0];
    }
    const known = this.#mixed;
    if (known?.parts.every((part, index) => part === parts[index])) return known.track;
    this.#release();
    const output = this.#context.createMediaStreamDestination();
    const sources = parts.map((part) => this.#context.createMediaStreamSource(new MediaStream([part])));
    for (const source of sources) source.connect(output);
    const track = output.stream.getAudioTracks()[0];
    this.#mixed = { parts, nodes: sources, track };
    return track;
  }

  #release(): void {
    for (const node of this.#mixed?.nodes ?? []) node.disconnect();
    this.#mixed = undefined;
  }
}
