import type { RtpInput, TestSourceConfig } from '@spillway/protocol';
import type { Recipe } from '../lifecycle/recipe.ts';
import { cannotDrawText, testPatternArgs } from './test-pattern.ts';

/** The recipe of the test pattern, which needs no input. */
export function patternRecipe(config: TestSourceConfig, title: string): Recipe {
  const { codec = 'H264', width = 1280, height = 720, frameRate = 30, bitrate = 1_500_000 } = config;
  return {
    video: { codec, layers: [{ width, height, frameRate, bitrate }] },
    audio: 'opus',
    outputArgs: ({ video: [video], audio }, lastWords) => {
      const text = !cannotDrawText(lastWords);
      return testPatternArgs({
        ...{ title, width, height, frameRate, bitrate, text },
        video: required(video),
        audio: required(audio),
      });
    },
  };
}

function required(output: RtpInput | undefined): RtpInput {
  if (!output) throw new Error('A test pattern needs an output for video and one for audio');
  return output;
}
