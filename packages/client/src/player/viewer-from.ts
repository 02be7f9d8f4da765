import type { LiveViewer } from '../live-viewer.ts';
import { Viewer } from '../viewer.ts';
import { WhepViewer } from '../whep/whep-viewer.ts';
import { type AddressAttributes, addressFrom, whepEndpointFrom } from './address.ts';

/** The attributes of a player that say what it plays. */
export interface SourceAttributes extends AddressAttributes {
  /** URL of a WHEP endpoint. Goes before the others. */
  whep: string | null;
  /** Bearer token for the WHEP endpoint. */
  token: string | null;
}

/**
 * A viewer of what a player's attributes name, by WHEP or by this project's own signalling.
 *
 * @param base What relative URLs are relative to.
 * @param ownServer The server when only `room` is given.
 * @returns undefined when they name nothing that can be played.
 */
export function viewerFrom(
  attributes: SourceAttributes,
  base: string,
  ownServer: string,
): LiveViewer | undefined {
  const { whep, token } = attributes;
  if (whep) {
    const endpoint = whepEndpointFrom(whep, base);
    return endpoint && new WhepViewer({ endpoint, token: token ?? undefined });
  }
  const address = addressFrom(attributes, base, ownServer);
  return address && new Viewer(address);
}
