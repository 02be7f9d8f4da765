export { type WorkerUnavailableCode, WorkerUnavailableError } from './errors.ts';
export { type FindWorkerOptions, type FoundWorker, findWorker } from './locate.ts';
