import {
  type Checked,
  compileCheck,
  type NotificationData,
  type NotificationMethod,
  notifications,
  type RequestAnswer,
  type RequestMethod,
  requests,
} from '@spillway/protocol';

type Check<T> = (value: unknown) => Checked<T>;

/** Checks of the server's answers, by request. */
export const answerChecks: { [M in RequestMethod]: Check<RequestAnswer<M>> } = {
  watch: lazy(() => compileCheck(requests.watch.answer)),
  play: lazy(() => compileCheck(requests.play.answer)),
  pause: lazy(() => compileCheck(requests.pause.answer)),
  setLayer: lazy(() => compileCheck(requests.setLayer.answer)),
  broadcast: lazy(() => compileCheck(requests.broadcast.answer)),
  connect: lazy(() => compileCheck(requests.connect.answer)),
  produce: lazy(() => compileCheck(requests.produce.answer)),
  unproduce: lazy(() => compileCheck(requests.unproduce.answer)),
  end: lazy(() => compileCheck(requests.end.answer)),
  status: lazy(() => compileCheck(requests.status.answer)),
  restartIce: lazy(() => compileCheck(requests.restartIce.answer)),
};

/** Checks of what the server's notifications carry. */
export const notificationChecks: { [M in NotificationMethod]: Check<NotificationData<M>> } = {
  playback: lazy(() => compileCheck(notifications.playback)),
  codecs: lazy(() => compileCheck(notifications.codecs)),
  queued: lazy(() => compileCheck(notifications.queued)),
  rejoin: lazy(() => compileCheck(notifications.rejoin)),
  closing: lazy(() => compileCheck(notifications.closing)),
};

// Prepared at first use: a viewer needs a few of them only.
function lazy<T>(prepare: () => Check<T>): Check<T> {
  let check: Check<T> | undefined;
  return (value) => {
    check ??= prepare();
    return check(value);
  };
}
