import type { IceCandidate } from '@spillway/protocol';

/** FFmpeg 8 uses the first host candidate for UDP and no other, so the likeliest to be reached comes first. */
function rank({ protocol, address }: IceCandidate): number {
  const family = address.includes(':') ? 2 : 0;
  const loopback = /^127\.|^::1$/.test(address) ? 1 : 0;
  return (protocol === 'udp' ? 0 : 4) + family + loopback;
}

/**
 * The server's candidates as `a=candidate` lines (RFC 8839), UDP before TCP and IPv4 before IPv6. All that there are: none
 * follow.
 */
export function candidateLines(candidates: readonly IceCandidate[]): string[] {
  const foundations: string[] = [];
  const lines = candidates
    .toSorted((one, other) => rank(one) - rank(other))
    .map(({ protocol, priority, address, port, type, tcpType }) => {
      // mediasoup's own foundations hold the word "udp", at which FFmpeg begins to read.
      const base = `${protocol} ${address}`;
      if (!foundations.includes(base)) foundations.push(base);
      const foundation = foundations.indexOf(base) + 1;
      const tcp = tcpType === undefined ? '' : ` tcptype ${tcpType}`;
      return `a=candidate:${foundation} 1 ${protocol} ${priority} ${address} ${port} typ ${type}${tcp}`;
    });
  return [...lines, 'a=end-of-candidates'];
}
