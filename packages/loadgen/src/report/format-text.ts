import { type TimedStep, timedSteps } from '../fleet/sample.ts';
import type { LoadResult, TimeSpread } from './result.ts';
import { limitValue, percentage, rate, time, whole } from './units.ts';

/** What the steps of a join are called. */
export const stepNames: Readonly<Record<TimedStep, string>> = {
  connected: 'connected',
  watched: 'watch answered',
  joined: 'let in',
  transport: 'ICE and DTLS',
  firstPacket: 'first packet',
  firstKeyFrame: 'first key frame',
};

/** The result as a table for people. */
export function formatText(result: LoadResult): string {
  const { plan, viewers, joinTimes, media, freezes, limits, cost } = result;
  const { audio, video } = media;
  const row = (name: string, spread: TimeSpread | undefined) => {
    if (!spread) return [];
    const { p50, p95, p99, max } = spread;
    return [`  ${name.padEnd(18)}${[p50, p95, p99, max].map((each) => time(each).padStart(11)).join('')}`];
  };
  const lost = audio.lost + video.lost;
  return [
    `${describeTarget(plan)}, ${result.seconds.toFixed(1)} s${result.interrupted ? ', cut short' : ''}`,
    '',
    `  visits ${whole(viewers.visits)}, let in ${whole(viewers.joined)}, played ${whole(viewers.played)}, ` +
      `lost or refused ${whole(viewers.gone)}`,
    ...viewers.reasons.map(({ reason, count }) => `    ${whole(count)} x ${reason}`),
    ...(result.lostBroadcasts > 0 ? [`  made broadcasts that ended: ${result.lostBroadcasts}`] : []),
    '',
    `  ${''.padEnd(18)}${['p50', 'p95', 'p99', 'max'].map((head) => head.padStart(11)).join('')}`,
    ...timedSteps.flatMap((step) => row(stepNames[step], joinTimes[step])),
    ...row('frame gap', result.frameGaps),
    ...row('delay', result.delay),
    '',
    `  packets ${whole(audio.packets + video.packets)}, lost ${whole(lost)} (${percentage(media.lossRate)}), ` +
      `reordered ${whole(audio.reordered + video.reordered)}, ` +
      `twice ${whole(audio.duplicates + video.duplicates)}`,
    `  ${rate(media.bitratePerViewer)} for each viewer, frames ${whole(video.frames)}, ` +
      `of them key frames ${whole(video.keyFrames)}`,
    `  freezes ${whole(freezes.count)} in ${whole(freezes.visits)} visits, ` +
      `${freezes.seconds.toFixed(1)} s in all, longest ${time(freezes.longest)}`,
    `  the viewers took ${cost.cpuSeconds.toFixed(1)} s of CPU` +
      (cost.perPacketMicros === undefined
        ? ''
        : `, ${cost.perPacketMicros.toFixed(1)} us for each counted packet`),
    ...(limits.length > 0 ? [''] : []),
    ...limits.map(
      ({ name, limit, actual, passed }) =>
        `  ${passed ? 'kept  ' : 'MISSED'} --${name} ${limitValue(name, limit)}: ${limitValue(name, actual)}`,
    ),
    ...(viewers.played === 0 ? ['', '  nobody received anything'] : []),
    '',
  ].join('\n');
}

/** Whom, where and by what. */
export function describeTarget(plan: LoadResult['plan']): string {
  const rooms = plan.rooms > 1 ? `${plan.rooms} rooms` : `room ${plan.firstRoom}`;
  const url = plan.url.replaceAll(/%7Broom%7D/gi, '{room}').replace(/\/$/, '');
  return `${whole(plan.viewers)} viewers, ${rooms} at ${url}${plan.kind === 'whep' ? ' by WHEP' : ''}`;
}
