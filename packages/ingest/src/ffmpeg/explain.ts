import type { InputProblem } from '../input.ts';

interface Rule {
  readonly pattern: RegExp;
  readonly reason: string;
  /** Default false: what is elsewhere may come back by itself. */
  readonly final?: true;
}

/** Lines before these are of things that it has survived. */
const LOOK_AT = 20;

/** The special before the general: FFmpeg's last line often says least. */
const RULES: readonly Rule[] = [
  // What this machine and its FFmpeg can do.
  {
    pattern: /exceeds specified max pixel count|Picture size \d{4,}x\d{4,} is invalid/,
    reason:
      'The picture has more pixels than is allowed (8192x4320). Set a smaller resolution at its origin.',
    final: true,
  },
  {
    pattern: /Unknown encoder '?(lib)?opus/,
    reason: 'This FFmpeg has no Opus encoder, which browsers need for sound. Install an FFmpeg with libopus.',
    final: true,
  },
  {
    pattern: /Unknown encoder '?(libx264|libvpx)/,
    reason:
      'This FFmpeg cannot encode video (no libx264 or libvpx). Install a complete FFmpeg, or set video.transcode to "never".',
    final: true,
  },
  {
    pattern:
      /No VA display found|Cannot load lib(cuda|nvidia)|OpenEncodeSessionEx failed|No capable devices found|Device creation failed|Failed to initialise VAAPI|No usable encoding (profile|entrypoint)|vaapi.*(Input\/output error|not supported)/i,
    reason: 'The hardware encoder cannot be opened. Set video.hardware to "off", or mend the driver.',
  },
  {
    pattern: /Cannot allocate memory|Out of memory|std::bad_alloc|get_buffer\(\) failed/i,
    reason:
      'Decoding it takes more memory than a source may have. Set a smaller resolution at its origin, or encode the file anew.',
    final: true,
  },
  {
    pattern:
      /Decoder \(codec [^)]+\) not found|Decoding requested, but no decoder found|no decoder found for/i,
    reason: 'This FFmpeg cannot decode the codec. Set H.264 at its origin, or install a complete FFmpeg.',
    final: true,
  },
  {
    pattern: /Protocol not found|protocol not found|Unknown input format|not on whitelist/,
    reason: 'This FFmpeg cannot read the protocol or format, or may not. Install a complete FFmpeg.',
    final: true,
  },
  {
    pattern: /Address already in use/,
    reason: 'The port is in use by another program of this machine. End that program or choose another port.',
  },
  {
    pattern: /Error (while opening|initializing) (the )?(encoder|output)|Could not open encoder/,
    reason:
      'The encoder refuses the picture or its settings. Set another height, bitrate or encoder in "video".',
  },
  {
    pattern: /Stream map '[^']*' matches no streams/,
    reason: 'The input no longer has the streams that it had when it was examined.',
  },

  // Devices.
  {
    pattern: /(video4linux2|v4l2|alsa|VIDIOC|\/dev\/video|audio device).*(busy|EBUSY)/i,
    reason: 'The device is in use by another program. End that program.',
  },
  {
    pattern: /(video4linux2|v4l2|alsa|VIDIOC|\/dev\/video|audio device).*Permission denied/i,
    reason:
      'The server may not use the device. Add its user to the groups "video" and "audio" and start it again.',
    final: true,
  },
  {
    pattern:
      /(video4linux2|v4l2|alsa|VIDIOC|\/dev\/video|audio device).*(No such (file|device)|Inappropriate ioctl|Input\/output error)|Not a video capture device|Cannot get card index/i,
    reason: 'There is no such device: it is unplugged, or has another name now. See GET /api/v1/devices.',
  },

  // What the other side answers.
  {
    pattern: /(failed:|returned) 401|authorization failed|Unauthorized/i,
    reason: 'It asks for other credentials (401). Check the user name and the password.',
  },
  {
    pattern: /(failed:|returned) 403|access denied|Forbidden/i,
    reason: 'It denies access (403). Check the rights of the user, and whether it admits this address.',
  },
  {
    pattern: /(failed:|returned) 404|Stream Not Found/i,
    reason: 'There is no such stream (404). Check the path in the URL; the manual of the camera has it.',
  },
  {
    pattern: /(failed:|returned) (453|503)|Not Enough Bandwidth|Service Unavailable/i,
    reason: 'It has no room for another viewer (453 or 503). Close other connections to it.',
  },
  {
    pattern: /(failed:|returned) 461|Unsupported Transport|Nonmatching transport/i,
    reason: 'It does not send by this transport (461). Set transport to the other of "tcp" and "udp".',
  },
  {
    pattern: /(failed:|returned) 5(\d\d|XX)/,
    reason: 'It reports a fault of its own (5xx). Restart it, or check what it serves.',
  },
  {
    pattern: /(failed:|returned) 4(\d\d|XX)/,
    reason: 'It refuses the request (4xx). Check the URL.',
  },

  // The way to it.
  {
    pattern: /Connection refused/,
    reason:
      'Nothing listens there (connection refused). Check address and port, and that RTSP is switched on.',
  },
  {
    pattern: /Failed to resolve hostname|Name or service not known|Temporary failure in name resolution/,
    reason: 'Its host name is unknown. Check the name, or use the address in numbers.',
  },
  {
    pattern: /No route to host|Network is unreachable|Host is down/,
    reason:
      'There is no way to its address. Check that it is switched on and in a network that this machine reaches.',
  },
  {
    pattern: /timed out|timeout(?!=)|Immediate exit requested/i,
    reason: 'It does not answer in time. Check address and port, and that it is switched on.',
  },
  {
    pattern: /Connection reset|Broken pipe|End of file|CSeq \d+ expected|connection was closed/i,
    reason: 'It has ended the connection.',
  },
  {
    pattern:
      /(certificate|TLS|SSL|handshake).*(fail|error|verif|alert)|(fail|error).*(certificate|TLS|SSL|handshake)/i,
    reason:
      'No secure connection comes about (TLS). Check its certificate, or use rtsp:// instead of rtsps://.',
  },

  // Files and what is in them.
  {
    pattern: /moov atom not found/,
    reason:
      'The file is incomplete or no video: its index (moov) is missing. Copy or export it again, whole, as MP4 or MKV.',
    final: true,
  },
  {
    // A filter without its font says so too.
    pattern: /^(?!Failed to inject frame).*No such file or directory/,
    reason: 'There is no such file. Check its name.',
    final: true,
  },
  {
    pattern: /Permission denied/,
    reason: "The server may not read it. Check the file's rights.",
    final: true,
  },
  {
    pattern: /Is a directory/,
    reason: 'It is a folder. Name a file in it.',
    final: true,
  },
  {
    pattern:
      /Could not find codec parameters|unspecified size|does not contain any stream|Cannot determine format/,
    reason: 'Its streams carry nothing that can be decoded. Check what it sends, or encode the file anew.',
  },
  {
    // An RTSP camera that does not answer ends in this too (FFmpeg 5).
    pattern: /Invalid data found when processing input/,
    reason: 'What comes is no video that FFmpeg knows, or nothing comes in time. Check what is there.',
  },
  {
    pattern: /Input\/output error/,
    reason: 'It cannot be read (input/output error). Check that it is there and reachable.',
  },
];

/** What FFmpeg's or ffprobe's last words mean; undefined when they mean nothing that is known. Holds nothing of the lines. */
export function explainFfmpeg(lines: readonly string[]): InputProblem | undefined {
  const last = lines.slice(-LOOK_AT);
  const rule = RULES.find(({ pattern }) => last.some((line) => pattern.test(line)));
  return rule && { reason: rule.reason, final: rule.final ?? false };
}
