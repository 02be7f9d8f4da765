import type {
  Device,
  Library,
  RoomSourceConfig,
  RoomSourceStatus,
  SourceConfig,
  SourceReport,
} from '@spillway/protocol';
import { ApiError } from './api-request.ts';
import { isRoomName } from './credential.ts';
import { SourcesApi } from './sources-api.ts';

/** How long the room's name must stay before the server is asked for its source. Milliseconds. */
const SETTLE_MS = 400;

/** Whether a credential may manage sources; `unknown` until the server has told. */
export type SourceAccess = 'unknown' | 'granted' | 'denied';

/** What is being done to the source. */
export type SourceAction = 'start' | 'resume' | 'stop' | 'remove';

/** Why a request failed. */
export interface SourceFailure {
  /** HTTP status; 0 when there was no answer. */
  status: number;
  detail: string;
}

/** What the doctor was asked of an input, and has answered. */
export type DoctorVisit =
  | { state: 'none' }
  | { state: 'running' }
  | { state: 'done'; report: SourceReport }
  | { state: 'failed'; failure: SourceFailure };

/**
 * The source of the chosen room: knows how it does, and what it could be made of. No method throws. Event `change`:
 * something else to show. Event `found`: a room has just been looked at, and has a source.
 */
export class SourceControl extends EventTarget {
  readonly #server: URL;
  #api: SourcesApi | undefined;
  #access: SourceAccess = 'unknown';
  #room = '';
  /** Whether the room has been looked at since it was chosen. */
  #known = false;
  #status: RoomSourceStatus | undefined;
  #viewers: number | undefined;
  #replacing = false;
  #library: Library | undefined;
  #libraryFailure: SourceFailure | undefined;
  #devices: Device[] = [];
  #doctor: DoctorVisit = { state: 'none' };
  #busy: SourceAction | undefined;
  #failure: SourceFailure | undefined;
  #trouble: SourceFailure | undefined;
  /** Counts what makes answers void that are still under way. */
  #turn = 0;
  #doctorTurn = 0;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(server: URL) {
    super();
    this.#server = server;
  }

  get access(): SourceAccess {
    return this.#access;
  }

  /** The room that the source belongs to; empty: one to be made. */
  get room(): string {
    return this.#room;
  }

  /** How the room's source does; undefined when it has none. */
  get status(): RoomSourceStatus | undefined {
    return this.#status;
  }

  get viewers(): number | undefined {
    return this.#viewers;
  }

  /** Whether another source is being chosen in place of the present one. */
  get replacing(): boolean {
    return this.#replacing;
  }

  get library(): Library | undefined {
    return this.#library;
  }

  get libraryFailure(): SourceFailure | undefined {
    return this.#libraryFailure;
  }

  /** Cameras and microphones of the server. */
  get devices(): readonly Device[] {
    return this.#devices;
  }

  get doctor(): DoctorVisit {
    return this.#doctor;
  }

  get busy(): SourceAction | undefined {
    return this.#busy;
  }

  /** Why the last action failed. */
  get failure(): SourceFailure | undefined {
    return this.#failure;
  }

  /** Why it is not known how the source does now. */
  get trouble(): SourceFailure | undefined {
    return this.#trouble;
  }

  /** Learns what the credential may do, and looks at the room. */
  async signIn(credential: string, room: string): Promise<void> {
    this.#api = new SourcesApi(this.#server, credential);
    this.#access = 'unknown';
    this.#choose(room);
    await this.refresh();
  }

  /** Chooses another room; the server is asked for its source in a moment. */
  setRoom(room: string): void {
    if (room === this.#room) return;
    this.#choose(room);
    this.#settling = setTimeout(() => void this.refresh(), SETTLE_MS);
    this.#changed();
  }

  /** Looks how the source does now. */
  async refresh(): Promise<void> {
    const access = this.#access === 'unknown' ? await this.#learnAccess() : this.#access;
    if (access === 'granted' && !this.#busy) await this.#look();
  }

  async loadLibrary(): Promise<void> {
    if (!this.#api) return;
    this.#libraryFailure = undefined;
    this.#changed();
    try {
      this.#library = await this.#api.library();
    } catch (error) {
      this.#libraryFailure = failureOf(error);
    }
    this.#changed();
  }

  /** Has the doctor examine an input. */
  async check(config: SourceConfig): Promise<void> {
    if (!this.#api) return;
    const turn = ++this.#doctorTurn;
    this.#doctor = { state: 'running' };
    this.#changed();
    const visit = await this.#api.probe(config).then(
      (report): DoctorVisit => ({ state: 'done', report }),
      (error): DoctorVisit => ({ state: 'failed', failure: failureOf(error) }),
    );
    if (turn !== this.#doctorTurn) return;
    this.#doctor = visit;
    this.#changed();
  }

  /** Voids what the doctor said: another input is meant now. */
  forgetCheck(): void {
    if (this.#doctor.state === 'none') return;
    this.#doctorTurn++;
    this.#doctor = { state: 'none' };
    this.#changed();
  }

  /**
   * Sets the room's source and starts it, in a new room where there is none yet. A source that the room has got
   * meanwhile is shown instead, unless it is to be replaced.
   *
   * @returns whether it has been set.
   */
  start(config: RoomSourceConfig): Promise<boolean> {
    return this.#act('start', async (api) => {
      const present = await this.#prepareRoom(api);
      if (present && !this.#replacing) {
        this.#status = present;
        return false;
      }
      const status = await api.setSource(this.#room, config);
      this.#status = status.stopped ? await api.startSource(this.#room) : status;
      this.#replacing = false;
      this.#doctor = { state: 'none' };
      return true;
    });
  }

  /** Starts the present source again. */
  async resume(): Promise<void> {
    await this.#act('resume', async (api) => {
      this.#status = await api.startSource(this.#room);
      return true;
    });
  }

  async stop(): Promise<void> {
    await this.#act('stop', async (api) => {
      this.#status = await api.stopSource(this.#room);
      return true;
    });
  }

  async remove(): Promise<void> {
    await this.#act('remove', async (api) => {
      await api.removeSource(this.#room);
      this.#status = undefined;
      return true;
    });
  }

  setReplacing(replacing: boolean): void {
    this.#replacing = replacing;
    this.#failure = undefined;
    this.forgetCheck();
    this.#changed();
  }

  /** Takes back what was said about a failure. */
  dismiss(): void {
    this.#failure = undefined;
    this.#changed();
  }

  #choose(room: string): void {
    clearTimeout(this.#settling);
    this.#turn++;
    this.#room = room;
    this.#known = false;
    this.#status = undefined;
    this.#viewers = undefined;
    this.#replacing = false;
    this.#failure = undefined;
    this.#trouble = undefined;
  }

  async #learnAccess(): Promise<SourceAccess> {
    if (!this.#api) return 'unknown';
    try {
      this.#devices = await this.#api.devices();
      this.#access = 'granted';
    } catch (error) {
      const { status } = failureOf(error);
      if (status === 401 || status === 403) this.#access = 'denied';
      // A server that cannot list its devices has let the credential in.
      else if (status !== 0) this.#access = 'granted';
    }
    this.#changed();
    return this.#access;
  }

  async #look(): Promise<void> {
    const api = this.#api;
    if (!api || !isRoomName(this.#room)) return;
    const turn = ++this.#turn;
    try {
      const info = await api.room(this.#room);
      if (turn !== this.#turn) return;
      const isNews = !this.#known && info?.source !== undefined;
      this.#known = true;
      this.#trouble = undefined;
      this.#status = info?.source;
      this.#viewers = info?.viewers;
      if (!info?.source) this.#replacing = false;
      if (isNews) this.dispatchEvent(new Event('found'));
    } catch (error) {
      if (turn !== this.#turn) return;
      this.#trouble = failureOf(error);
    }
    this.#changed();
  }

  /** Sees to it that there is a room; gives the source that it has. */
  async #prepareRoom(api: SourcesApi): Promise<RoomSourceStatus | undefined> {
    const info = this.#room ? await api.room(this.#room) : undefined;
    this.#known = true;
    this.#viewers = info?.viewers;
    if (!info) this.#room = await api.createRoom(this.#room || undefined);
    return info?.source;
  }

  async #act(action: SourceAction, task: (api: SourcesApi) => Promise<boolean>): Promise<boolean> {
    if (!this.#api || this.#busy) return false;
    this.#busy = action;
    this.#failure = undefined;
    this.#turn++;
    this.#changed();
    try {
      return await task(this.#api);
    } catch (error) {
      this.#failure = failureOf(error);
      return false;
    } finally {
      this.#busy = undefined;
      this.#turn++;
      this.#changed();
    }
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}

function failureOf(error: unknown): SourceFailure {
  const detail = error instanceof Error ? error.message : String(error);
  return { status: error instanceof ApiError ? error.status : 200, detail };
}
