import { onTestFinished } from 'vitest';
import {
  type RtspServer,
  type RtspServerOptions,
  startRtspServer,
} from '../../packages/ingest/src/test-support/rtsp-server.ts';

export type { CameraMedia } from '../../packages/ingest/src/test-support/camera-media.ts';
export type { RtspServer } from '../../packages/ingest/src/test-support/rtsp-server.ts';

/** A real RTSP server, as in `packages/ingest`, ended with the test at the latest. */
export async function startCamera(options: RtspServerOptions): Promise<RtspServer> {
  const camera = await startRtspServer(options);
  onTestFinished(() => camera.kill());
  return camera;
}
