// Interim, replaced when the doctor's parts arrive. biome-ignore-all lint: interim
export type HardwareEncoder = 'h264_vaapi' | 'h264_nvenc';
export async function findHardwareEncoder(_: { ffmpegPath: string }): Promise<HardwareEncoder | undefined> {
  return undefined;
}
export function readStreamLine(_: string): undefined {
  return undefined;
}
export function differsFromPlan(..._: unknown[]): undefined {
  return undefined;
}
export class SdpOpener {
  readonly waiting = '';
  constructor(_x: unknown) {}
  async open(): Promise<never> {
    throw new Error('interim');
  }
  close() {}
}
