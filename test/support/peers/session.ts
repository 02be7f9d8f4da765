/** A WHIP or WHEP session: the server has taken the offer. */
export interface Session {
  /** Absolute. */
  readonly location: string;
  /** SDP. */
  readonly answer: string;
}

function authorization(token: string): Record<string, string> {
  return token ? { authorization: `Bearer ${token}` } : {};
}

/** @throws when the server answers anything but 201 */
export async function openSession(url: string, token: string, offer: string): Promise<Session> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...authorization(token), 'content-type': 'application/sdp' },
    body: offer,
  });
  const answer = await response.text();
  if (response.status !== 201) throw new Error(`the server answered ${response.status}: ${answer}`);
  return { location: new URL(response.headers.get('location') ?? '', url).href, answer };
}

/** Returns the server's status. */
export async function deleteSession(location: string, token = ''): Promise<number> {
  const response = await fetch(location, { method: 'DELETE', headers: authorization(token) });
  await response.body?.cancel();
  return response.status;
}
