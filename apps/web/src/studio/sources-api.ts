import {
  type Checked,
  compileCheck,
  type Device,
  Devices,
  Library,
  RoomInfo,
  type RoomSourceConfig,
  RoomSourceStatus,
  type SourceConfig,
  SourceReport,
} from '@spillway/protocol';
import { ApiError, type ApiRequest, sendRequest } from './api-request.ts';
import { createRoom } from './rooms-api.ts';

const checkDevices = compileCheck(Devices);
const checkLibrary = compileCheck(Library);
const checkReport = compileCheck(SourceReport);
const checkRoom = compileCheck(RoomInfo);
const checkStatus = compileCheck(RoomSourceStatus);

/** The part of the REST interface that sources need. Every method throws `ApiError`. */
export class SourcesApi {
  readonly #server: URL;
  readonly #credential: string;

  /** @param credential The operator's token; with any other the server answers 401. */
  constructor(server: URL, credential: string) {
    this.#server = server;
    this.#credential = credential;
  }

  async devices(): Promise<Device[]> {
    return (await this.#send({ path: 'devices' }, checkDevices)).devices;
  }

  library(): Promise<Library> {
    return this.#send({ path: 'library' }, checkLibrary);
  }

  /** A room with its source; undefined when there is none of that name. */
  async room(name: string): Promise<RoomInfo | undefined> {
    try {
      return await this.#send({ path: roomPath(name) }, checkRoom);
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return undefined;
      throw error;
    }
  }

  /**
   * Makes a room.
   *
   * @param name Default: a free 6-digit code.
   */
  createRoom(name?: string): Promise<string> {
    return createRoom(this.#server, this.#credential, name);
  }

  /** Examines an input, which takes some seconds. */
  probe(body: SourceConfig): Promise<SourceReport> {
    return this.#send({ method: 'POST', path: 'sources/probe', body }, checkReport);
  }

  setSource(room: string, body: RoomSourceConfig): Promise<RoomSourceStatus> {
    return this.#send({ method: 'PUT', path: `${roomPath(room)}/source`, body }, checkStatus);
  }

  startSource(room: string): Promise<RoomSourceStatus> {
    return this.#send({ method: 'POST', path: `${roomPath(room)}/source/start` }, checkStatus);
  }

  stopSource(room: string): Promise<RoomSourceStatus> {
    return this.#send({ method: 'POST', path: `${roomPath(room)}/source/stop` }, checkStatus);
  }

  async removeSource(room: string): Promise<void> {
    await this.#request({ method: 'DELETE', path: `${roomPath(room)}/source` });
  }

  #request(request: ApiRequest): Promise<unknown> {
    return sendRequest(this.#server, this.#credential, request);
  }

  async #send<T>(request: ApiRequest, check: (value: unknown) => Checked<T>): Promise<T> {
    const checked = check(await this.#request(request));
    if (!checked.ok) throw new ApiError(200, `the server's answer is not valid: ${checked.error}`);
    return checked.value;
  }
}

function roomPath(room: string): string {
  return `rooms/${encodeURIComponent(room)}`;
}
