import { html, render } from 'lit';
import { wordmark } from '../wordmark.ts';

render(html`<header class="page-header">${wordmark}</header>`, document.body);
