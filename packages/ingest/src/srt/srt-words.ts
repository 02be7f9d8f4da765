import type { InputProblem } from '../input.ts';

/** What a line that FFmpeg or libsrt writes tells. */
export type SrtNews =
  /** An encoder was refused: why. */
  | { readonly type: 'refused'; readonly why: string }
  /** It is not the encoder's fault. */
  | { readonly type: 'fault'; readonly problem: InputProblem }
  /** What the encoder sends cannot be taken: why. */
  | { readonly type: 'unfit'; readonly why: string }
  /** The encoder announces sound and sends none. */
  | { readonly type: 'soundless' }
  /** The time of a frame lies before that of the frame before it. */
  | { readonly type: 'jumped' };

const fault = (reason: string, final: boolean): SrtNews => ({ type: 'fault', problem: { reason, final } });

const TOLD: readonly (readonly [RegExp, SrtNews])[] = [
  [/Incorrect passphrase|BADSECRET/, { type: 'refused', why: 'its passphrase was wrong' }],
  [/Password required|UNSECURE/, { type: 'refused', why: 'it had no passphrase' }],
  [/Address already in use/, fault('Another program uses the UDP port of this source', false)],
  [/Permission denied|Cannot assign requested/, fault('The UDP port of this source cannot be opened', false)],
  [/Protocol not found/, fault('This FFmpeg knows no SRT: install one built with libsrt', true)],
  [
    /Format not on whitelist|Invalid data found/,
    { type: 'unfit', why: 'What the encoder sends is no MPEG-TS' },
  ],
  [/does not contain any stream/, { type: 'unfit', why: 'The encoder sends neither video nor audio' }],
  [/sample rate not set/, { type: 'soundless' }],
  [/Non-monoton/, { type: 'jumped' }],
];

/** Reads a line of the receiver. Undefined: nothing of interest. */
export function readSrtLine(line: string): SrtNews | undefined {
  return TOLD.find(([pattern]) => pattern.test(line))?.[1];
}
