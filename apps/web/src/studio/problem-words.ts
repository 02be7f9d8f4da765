import type { StageProblem } from './stage.ts';
import type { StudioText } from './texts.ts';

/** What is wrong, and how to mend it. */
export interface ProblemWords {
  title: StudioText;
  mend: StudioText;
}

type Capture = 'camera' | 'microphone' | 'screen';

/** One thing to say, about one capture or about camera and microphone together. */
export interface SpokenProblem {
  capture: Capture;
  problem: StageProblem;
  words: ProblemWords;
}

/** What to say about all problems: once what camera and microphone have in common. */
export function spokenProblems(problems: ReadonlyMap<Capture, StageProblem>): SpokenProblem[] {
  const spoken = [...problems].map(([capture, problem]) => ({
    capture,
    problem,
    words: problemWords(capture, problem),
  }));
  const areBothDenied = problems.get('camera') === 'denied' && problems.get('microphone') === 'denied';
  return spoken.flatMap((one, index) => {
    if (areBothDenied && one.capture === 'microphone') return [];
    if (areBothDenied && one.capture === 'camera') {
      return [{ ...one, words: { title: 'bothDenied', mend: 'bothDeniedMend' } }];
    }
    return spoken.findIndex(({ words }) => words.title === one.words.title) === index ? [one] : [];
  });
}

/** Words for a device or screen that could not be had. */
export function problemWords(capture: Capture, problem: StageProblem): ProblemWords {
  if (problem === 'insecure') return { title: 'insecureTitle', mend: 'insecureMend' };
  if (capture === 'screen') {
    return problem === 'unsupported'
      ? { title: 'screenUnsupported', mend: 'screenUnsupportedMend' }
      : { title: 'screenFailed', mend: 'screenFailedMend' };
  }
  switch (problem) {
    case 'unsupported':
      return { title: 'unsupportedTitle', mend: 'unsupportedMend' };
    case 'denied':
    case 'dismissed':
      return { title: `${capture}Denied`, mend: `${capture}DeniedMend` };
    case 'busy':
      return { title: `${capture}Busy`, mend: `${capture}BusyMend` };
    case 'missing':
      return { title: `${capture}Missing`, mend: `${capture}MissingMend` };
    case 'over-constrained':
      return { title: `${capture}Over`, mend: `${capture}OverMend` };
    case 'lost':
      return { title: `${capture}Lost`, mend: `${capture}LostMend` };
    case 'failed':
      return { title: `${capture}Failed`, mend: 'failedMend' };
  }
}

/** Words for a broadcast that did not start or has ended, by the failure's code. `{detail}` is the server's sentence. */
export function failureWords(code: string): StudioText {
  return failures[code] ?? 'failOther';
}

const failures: Readonly<Record<string, StudioText>> = {
  unreachable: 'failUnreachable',
  disconnected: 'failUnreachable',
  timeout: 'failUnreachable',
  unavailable: 'failUnavailable',
  'not-found': 'failNotFound',
  'key-needs-room': 'failKeyNeedsRoom',
  'too-many': 'failTooMany',
  'no-codec': 'failNoCodec',
  'no-webrtc': 'failNoWebrtc',
  'whip-unreachable': 'failWhipUnreachable',
  'whip-unauthorized': 'failWhipUnauthorized',
  'whip-not-found': 'failWhipNotFound',
  'whip-busy': 'failWhipBusy',
  'whip-unavailable': 'failWhipUnavailable',
  'whip-refused': 'failWhipRefused',
  'whip-no-path': 'failWhipNoPath',
  ended: 'failEnded',
  removed: 'failEnded',
};
