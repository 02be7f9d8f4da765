import type { Library, LibraryFile } from '@spillway/protocol';
import { html, nothing } from 'lit';
import { formatBytes, formatCodec, formatDuration, formatResolution } from './format.ts';
import { requestText } from './source-words.ts';
import { StudioElement } from './studio-element.ts';
import { t } from './texts.ts';

/** From how many files on there is a field to search in. */
const MANY = 8;

/** The files of the server's video library, one of which is chosen. */
class LibraryList extends StudioElement {
  static override properties = {
    ...StudioElement.properties,
    chosen: { attribute: false },
    choose: { attribute: false },
  };
  /** Path of the chosen file; empty: none. */
  declare chosen: string;
  declare choose: (path: string) => void;
  #search = '';

  protected override render() {
    const { library, libraryFailure } = this.studio.source;
    return html`
      <div class="library" role="radiogroup" aria-labelledby="library-title">
        <div class="library-head">
          <span class="label" id="library-title">${t('library')}</span>
          ${this.#tools(library?.files.length ?? 0)}
        </div>
        ${
          libraryFailure
            ? html`<p class="field-error" role="alert" data-testid="library-failure">
                ${t(requestText(libraryFailure), { detail: libraryFailure.detail })}
              </p>`
            : nothing
        }
        ${library ? this.#contents(library) : nothing}
        ${library || libraryFailure ? nothing : html`<p class="hint">${t('libraryLoading')}</p>`}
      </div>
    `;
  }

  #tools(count: number) {
    return html`
      ${
        count >= MANY
          ? html`<input class="input" type="search" aria-label=${t('librarySearch')} placeholder=${t('librarySearch')}
              data-testid="library-search" .value=${this.#search} @input=${this.#handleSearch} @keydown=${keepFormFromEnter} />`
          : nothing
      }
      <button class="button quiet" type="button" data-testid="library-reload"
        @click=${() => this.studio.source.loadLibrary()}>${t('libraryReload')}</button>
    `;
  }

  #contents({ files, truncated }: Library) {
    const wanted = this.#search.trim().toLowerCase();
    const found = files.filter(({ path }) => path.toLowerCase().includes(wanted));
    return html`
      ${files.length === 0 ? html`<p class="notice" data-testid="library-empty">${t('libraryEmpty')}</p>` : nothing}
      ${
        files.length > 0 && found.length === 0
          ? html`<p class="hint" role="status">${t('libraryNone', { search: this.#search })}</p>`
          : nothing
      }
      ${
        found.length > 0
          ? html`<div class="library-files" data-testid="library">${found.map((file) => this.#file(file))}</div>`
          : nothing
      }
      ${truncated ? html`<p class="hint">${t('libraryTruncated')}</p>` : nothing}
    `;
  }

  #file(file: LibraryFile) {
    const cut = file.path.lastIndexOf('/') + 1;
    return html`
      <label class="library-file" data-testid="library-file" data-value=${file.path}>
        <input type="radio" name="library-file" .checked=${file.path === this.chosen} ?disabled=${file.problem !== undefined}
          @change=${() => this.choose(file.path)} />
        <span class="library-name"><span class="library-folder">${file.path.slice(0, cut)}</span>${file.path.slice(cut)}</span>
        <span class="library-facts">${factsOf(file)}</span>
        ${file.problem ? html`<span class="library-problem" lang="en">${file.problem}</span>` : nothing}
      </label>
    `;
  }

  #handleSearch(event: InputEvent): void {
    if (event.currentTarget instanceof HTMLInputElement) this.#search = event.currentTarget.value;
    this.requestUpdate();
  }
}

function factsOf({ duration, width, height, videoCodec, audioCodec, size }: LibraryFile): string {
  const codecs = [videoCodec, audioCodec].filter((codec) => codec !== undefined).map(formatCodec);
  return [
    duration === undefined ? '' : formatDuration(duration * 1000),
    width && height ? formatResolution(width, height) : '',
    codecs.join(' + '),
    formatBytes(size),
  ]
    .filter(Boolean)
    .join(' · ');
}

/** Enter in the search field would start the source. */
function keepFormFromEnter(event: KeyboardEvent): void {
  if (event.key === 'Enter') event.preventDefault();
}

customElements.define('library-list', LibraryList);
