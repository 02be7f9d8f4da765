import type { Finding } from '@spillway/protocol';

interface FindingText {
  readonly severity: Finding['severity'];
  /** What it is and what it does to viewers; `{…}` stand for values. */
  readonly message: string;
  /** How to mend it at its origin. Only what is worth knowing and needs nothing has none. */
  readonly cure: string;
}

/** All that the doctor can say. The codes are stable. */
export const FINDINGS = {
  'no-video': {
    severity: 'info',
    message: 'There is no picture in it. Viewers hear the sound alone.',
    cure: '',
  },
  'no-audio': {
    severity: 'info',
    message: 'There is no sound in it. Viewers see the picture alone.',
    cure: '',
  },
  'video-codec': {
    severity: 'warning',
    message:
      'The picture is {codec}, which browsers do not take here. It has to be encoded anew, which costs processor time.',
    cure: "In the camera's or encoder's menu choose H.264 (not H.265, H.264+ or MJPEG), profile Baseline, Main or High.",
  },
  'video-profile': {
    severity: 'warning',
    message:
      'The picture is H.264 with the profile {profile}, which browsers cannot play: they would show nothing.',
    cure: "In the camera's or encoder's menu choose H.264, profile Baseline, Main or High, 8 bit, 4:2:0.",
  },
  'pixel-format': {
    severity: 'warning',
    message: 'The picture has the pixel format {pixelFormat}, which browsers cannot play.',
    cure: 'Choose 8 bit and 4:2:0 at the encoder (yuv420p).',
  },
  'b-frames': {
    severity: 'warning',
    message: 'The picture has B-frames: browsers show such a live stream black, or jumping back and forth.',
    cure: 'In the camera\'s menu choose the profile Baseline, or switch B-frames off; in OBS set "Max B-frames" to 0, with x264 also the tune "zerolatency".',
  },
  interlaced: {
    severity: 'warning',
    message: 'The picture is interlaced: browsers show combs where something moves.',
    cure: 'Choose a progressive format at the origin, such as 1080p25 instead of 1080i50.',
  },
  rotated: {
    severity: 'info',
    message: 'The picture is to be turned by {rotation} degrees; it is encoded anew, upright.',
    cure: '',
  },
  'non-square-pixels': {
    severity: 'info',
    message:
      'Its pixels are not square ({pixelAspect}): where it is copied, some browsers show it too narrow or too wide.',
    cure: 'Choose a resolution with square pixels at the origin, such as 1280x720.',
  },
  'long-key-frame-interval': {
    severity: 'warning',
    message: 'Key frames come only every {seconds} s or later: who joins waits that long for a picture.',
    cure: 'Set the key-frame interval (I-frame interval, GOP) to 1 second, which is the frame rate in frames. Switch off H.264+ or Smart Codec.',
  },
  'frame-rate-unknown': {
    severity: 'warning',
    message: 'The frame rate is not known: too few pictures came, or without proper times.',
    cure: 'Set a fixed frame rate of 25 or 30 at the origin, and check that it sends at all times.',
  },
  'frame-rate-variable': {
    severity: 'warning',
    message: 'The pictures come at uneven times: movement does not look smooth.',
    cure: 'Set a fixed frame rate at the origin, and switch off "auto exposure frame rate" or "slow shutter".',
  },
  'frame-rate-low': {
    severity: 'info',
    message: 'Only {frameRate} pictures come each second.',
    cure: 'For smooth movement set 25 or 30 at the origin.',
  },
  'frame-rate-high': {
    severity: 'info',
    message: '{frameRate} pictures come each second, more than most screens of viewers show.',
    cure: 'Set 30 or 60 at the origin: it saves bandwidth.',
  },
  'bitrate-high': {
    severity: 'warning',
    message: 'The picture takes {megabits} Mbit/s: viewers on mobile or shared networks get stalls.',
    cure: 'Set a bitrate of 2 to 6 Mbit/s at the origin, or add lower layers (layers: [180p, 540p]).',
  },
  'picture-large': {
    severity: 'info',
    message: 'The picture is {width}x{height}: phones and older computers may not decode it in time.',
    cure: 'Set 1920x1080 or less at the origin, or add lower layers (layers: [360p, 720p]).',
  },
  'too-many-pixels': {
    severity: 'error',
    message:
      'The picture is {width}x{height}, more than 8192x4320 pixels, which neither the server nor browsers decode.',
    cure: 'Set 1920x1080 or less at the origin.',
  },
  'audio-codec': {
    severity: 'info',
    message:
      'The sound is {codec}, which browsers cannot play live; it is encoded as Opus, which costs little.',
    cure: 'Nothing needs to be done. Opus (48 kHz) or G.711 at the origin would be sent as it is.',
  },
  'audio-undecodable': {
    severity: 'warning',
    message:
      'There is sound ({codec}), but what it would take to decode it is missing. Viewers hear nothing.',
    cure: 'Choose AAC-LC, Opus or G.711 at the origin, or switch its sound off.',
  },
  'timestamps-missing': {
    severity: 'warning',
    message: 'Packets of the {kind} carry no times: it may run too fast, too slow or apart from the rest.',
    cure: 'Put it into a container that has them, such as MP4 or MKV, or update the firmware of the camera.',
  },
  'timestamps-backwards': {
    severity: 'warning',
    message: 'The times of the {kind} go back or repeat ({count} times in {seconds} s): it stutters.',
    cure: 'Restart or update the camera or encoder, and let it set its clock by NTP; encode a file anew.',
  },
  'timestamps-jump': {
    severity: 'warning',
    message: 'The times of the {kind} jump ahead ({count} times in {seconds} s): it freezes there.',
    cure: 'Check the network between it and this server, and let it set its clock by NTP; encode a file anew.',
  },
  'audio-clock': {
    severity: 'warning',
    message:
      'The sound runs {percent} % off its own clock: it is stretched to stay with the picture, and may sound wrong.',
    cure: 'Set the sample rate at the origin to 48 kHz (or 8 kHz with G.711), and update its firmware.',
  },
  'audio-offset': {
    severity: 'info',
    message: 'Sound and picture begin {seconds} s apart.',
    cure: 'Where they are not together for viewers, restart the camera or encoder.',
  },
  'packet-loss': {
    severity: 'warning',
    message:
      '{percent} % of the packets are lost on the way here: the picture breaks up until the next key frame.',
    cure: 'Set transport to "tcp", use a cable instead of WLAN, or set a lower bitrate at the camera.',
  },
} as const satisfies Record<string, FindingText>;

export type FindingCode = keyof typeof FINDINGS;

const MAX_LENGTH = 500;

/** A finding with its values in place. */
export function finding(code: FindingCode, values: Readonly<Record<string, string | number>> = {}): Finding {
  const { severity, message, cure } = FINDINGS[code];
  const text = message.replaceAll(/\{(\w+)\}/g, (_, key: string) => `${values[key] ?? 'unknown'}`);
  return { severity, code, message: text.slice(0, MAX_LENGTH), cure };
}
