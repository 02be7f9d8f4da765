import { compileCheck, RtpCapabilities } from '@spillway/protocol';

const checkCapabilities = compileCheck(RtpCapabilities);

/**
 * What the server's routers send (`GET /api/v1/capabilities`). Load viewers claim to receive all of it.
 *
 * @throws when the server does not answer, or answers something else
 */
export async function fetchCapabilities(server: string | URL): Promise<RtpCapabilities> {
  const url = new URL('/api/v1/capabilities', server);
  const response = await fetch(url).catch((error: Error) => {
    throw new Error(
      `${url} cannot be reached: ${error.cause instanceof Error ? error.cause.message : error}`,
    );
  });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const checked = checkCapabilities(await response.json());
  if (!checked.ok) throw new Error(`${url} answered no RTP capabilities: ${checked.error}`);
  return checked.value;
}
