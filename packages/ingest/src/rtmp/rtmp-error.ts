/** A peer that does not keep to RTMP, or to what is taken here. Its message is for the log and holds no secrets. */
export class RtmpError extends Error {
  override readonly name = 'RtmpError';
}
