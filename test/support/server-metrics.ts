import type { TestServer } from './server.ts';

/** The value of a metric without labels, as `/metrics` has it now. */
export async function metric(server: TestServer, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const value = new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`there is no metric ${name}`);
  return Number(value);
}

/** The sum over all workers of a metric that each of them has, as `/metrics` has it now. */
export async function metricOfWorkers(server: TestServer, name: string): Promise<number> {
  const text = await (await fetch(`${server.url}/metrics`)).text();
  const values = [...text.matchAll(new RegExp(`^${name}\\{worker="\\d+"\\} (.+)$`, 'gm'))];
  if (values.length === 0) throw new Error(`no worker has a metric ${name}`);
  return values.reduce((sum, [, value]) => sum + Number(value), 0);
}
