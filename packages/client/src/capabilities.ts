import { compileCheck, RtpCapabilities } from '@spillway/protocol';
import { Device, detectDevice, type types } from 'mediasoup-client';
import { apiUrl, serverUrl } from './server-url.ts';

const capabilities = new Map<string, Promise<RtpCapabilities>>();
const devices = new Map<string, Promise<Device>>();

/**
 * What the server's routers can receive and send (`GET /api/v1/capabilities`). Fetched once per server and page; a
 * failed fetch is not kept.
 *
 * @throws Error when the server does not answer, or answers something else.
 */
export function fetchCapabilities(server: string | URL): Promise<RtpCapabilities> {
  const url = apiUrl(serverUrl(server), 'capabilities').href;
  return once(capabilities, url, () => load(url));
}

/**
 * The mediasoup-client Device that knows the server's capabilities: one per server and page.
 *
 * @throws mediasoup-client's UnsupportedError when this browser has no usable WebRTC; else see `fetchCapabilities`.
 */
export function loadDevice(server: string | URL): Promise<Device> {
  return once(devices, serverUrl(server).href, async () => {
    const device = createDevice();
    const routerRtpCapabilities = await fetchCapabilities(server);
    // mediasoup-client names the header extensions that it knows in its types, and passes over others.
    await device.load({ routerRtpCapabilities: routerRtpCapabilities as types.RtpCapabilities });
    return device;
  });
}

/** The kept promise of a key, or a new one, which is kept unless it fails. */
function once<T>(kept: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known) return known;
  const made = make();
  kept.set(key, made);
  made.catch(() => kept.delete(key));
  return made;
}

// mediasoup-client knows browsers by their names, and on pages without TLS not all of them. What has WebRTC and is
// unknown to it follows the standard by now.
function createDevice(): Device {
  const known = detectDevice();
  if (known || typeof RTCPeerConnection !== 'function') return new Device();
  return new Device({ handlerName: /firefox/i.test(navigator.userAgent) ? 'Firefox120' : 'Chrome111' });
}

/**
 * What `device` can receive, as the `watch` request takes it.
 *
 * @throws Error when the browser reports something that the protocol does not have.
 */
export function receiveCapabilities(device: Device): RtpCapabilities {
  const checked = compileCheck(RtpCapabilities)(device.recvRtpCapabilities);
  if (!checked.ok)
    throw new Error(`this browser reports RTP capabilities that are not valid: ${checked.error}`);
  return checked.value;
}

async function load(url: string): Promise<RtpCapabilities> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status} ${response.statusText}`);
  const checked = compileCheck(RtpCapabilities)(await response.json());
  if (!checked.ok) throw new Error(`${url} did not answer RTP capabilities: ${checked.error}`);
  return checked.value;
}
