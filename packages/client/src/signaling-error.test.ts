import { expect, test } from 'vitest';
import { SignalingError } from './signaling-error.ts';

const rejection = (reason: string, code?: number) =>
  Object.assign(new Error(reason), code === undefined ? {} : { code });

test('a rejection of the server', () => {
  const error = SignalingError.fromRejection(rejection('room-busy: somebody broadcasts: wait', 409));
  expect(error).toMatchObject({ code: 'room-busy', status: 409, message: 'somebody broadcasts: wait' });
});

test('a rejection that the protocol does not know', () => {
  expect(SignalingError.fromRejection(rejection('no idea', 500))).toMatchObject({
    code: 'internal',
    status: 500,
    message: 'no idea',
  });
  expect(SignalingError.fromRejection(rejection('constructor: no', 400)).code).toBe('internal');
});

test('an error of the connection', () => {
  expect(SignalingError.fromRejection(rejection('transport closed'))).toMatchObject({
    code: 'disconnected',
    status: 0,
  });
});
