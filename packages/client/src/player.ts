import { SpillwayPlayer } from './player/element.ts';

declare global {
  interface HTMLElementTagNameMap {
    'spillway-player': SpillwayPlayer;
  }
}

// Two scripts of a page may both bring the element.
if (!customElements.get('spillway-player')) customElements.define('spillway-player', SpillwayPlayer);

export { SpillwayPlayer } from './player/element.ts';
export { Viewer } from './viewer.ts';
export { WhepViewer } from './whep/whep-viewer.ts';
