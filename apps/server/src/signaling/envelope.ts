import { compileCheck } from '@spillway/protocol';
import { Type } from 'typebox';

/*
 * What protoo puts around a message. Clients send requests only: the server asks them nothing and takes no
 * notifications.
 */
const Envelope = Type.Object(
  {
    request: Type.Literal(true),
    id: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
    method: Type.String({ minLength: 1, maxLength: 32 }),
    data: Type.Optional(Type.Object({})),
  },
  { additionalProperties: false },
);

const checkEnvelope = compileCheck(Envelope);

/** A client's message, as protoo's Peer takes it. */
export interface ProtooRequestMessage {
  readonly request: true;
  readonly id: number;
  readonly method: string;
  readonly data: object;
}

/** Reads a text frame. Never throws. */
export function parseEnvelope(
  text: string,
): { ok: true; message: ProtooRequestMessage } | { ok: false; error: string } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { ok: false, error: 'the message is not JSON' };
  }
  const checked = checkEnvelope(parsed);
  if (!checked.ok) return { ok: false, error: `the message is not a protoo request: ${checked.error}` };
  return { ok: true, message: { ...checked.value, data: checked.value.data ?? {} } };
}
