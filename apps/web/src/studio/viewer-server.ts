import { apiUrl, serverUrl } from '@spillway/client';
import { Addresses, compileCheck } from '@spillway/protocol';

const checkAddresses = compileCheck(Addresses);

/** Whether a URL means the machine itself, whatever machine opens it. */
export function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

/**
 * The server as viewers on other machines reach it. A page that was opened at `localhost` asks the server for its
 * addresses; where it has no other, or does not tell, it is the page's own.
 */
export async function findViewerServer(server: URL, credential: string): Promise<URL> {
  if (!isLoopback(server)) return server;
  try {
    const response = await fetch(apiUrl(server, 'addresses'), {
      headers: { authorization: `Bearer ${credential}` },
    });
    const addresses = checkAddresses(await response.json());
    const urls = addresses.ok ? addresses.value.urls.map((url) => serverUrl(url)) : [];
    return urls.find((url) => !isLoopback(url)) ?? server;
  } catch {
    return server;
  }
}
