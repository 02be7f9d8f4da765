import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Serves one page from an origin of its own, until the end of the test. Gives its URL. */
export async function servePage(html: string): Promise<string> {
  const site = createServer((_request, response) =>
    response.setHeader('Content-Type', 'text/html').end(`<!doctype html>${html}`),
  );
  onTestFinished(async () => {
    site.closeAllConnections();
    await new Promise((resolve) => site.close(resolve));
  });
  site.listen(0, '127.0.0.1');
  await once(site, 'listening');
  const { port } = site.address() as AddressInfo;
  return `http://127.0.0.1:${port}/`;
}
