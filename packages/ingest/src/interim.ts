// Interim, replaced when the doctor's parts arrive. biome-ignore-all lint: interim
import type { SourceReport } from '@spillway/protocol';
import type { Examination } from './doctor/examination.ts';
export type HardwareEncoder = 'h264_vaapi' | 'h264_nvenc';
export async function findHardwareEncoder(_: { ffmpegPath: string }): Promise<HardwareEncoder | undefined> { return undefined; }
export function readStreamLine(_: string): undefined { return undefined; }
export function differsFromPlan(..._: unknown[]): undefined { return undefined; }
export function planMedia(e: Examination, o: { audio: boolean; hardware?: unknown; video?: unknown; layers?: unknown }): Pick<SourceReport, 'video' | 'audio'> {
  const v = e.video; const a = e.audio;
  return {
    ...(v ? { video: { action: v.codec === 'h264' && !v.bFrames ? 'copy' as const : 'transcode' as const, reason: 'interim', codec: 'H264' as const, encoder: 'libx264', picture: { width: v.width, height: v.height, frameRate: v.frameRate ?? 25, bitrate: 2_000_000 }, layers: [], cores: 0 } } : {}),
    ...(a && o.audio ? { audio: { action: 'transcode' as const, reason: 'interim', codec: 'opus' as const, bitrate: 64000, cores: 0 } } : {}),
  };
}
export function makeReport(e: Examination, plan: Pick<SourceReport, 'video' | 'audio'>): SourceReport {
  return { examinedAt: new Date().toISOString(), format: e.format, streams: [...e.streams], findings: [], ...plan };
}
export class SdpOpener { readonly waiting = ''; constructor(_x: unknown) {} async open(): Promise<never> { throw new Error('interim'); } close() {} }
