import { SdpError } from '../sdp-error.ts';

/** What a reading is refused with, as `fault: message`; `taken` when it is not. */
export function refusalOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof SdpError) return `${error.fault}: ${error.message}`;
    throw error;
  }
  return 'taken';
}
