"""What the peers in Python share: HTTP for WHIP and WHEP, events as JSON lines, measures of pictures and sound.

Events, one JSON object a line:
  {"answer": 201, "location": "http://..."}   the server's answer to the offer
  {"state": "connected"}                      of ICE and DTLS together
  {"ssrc": 1, "kind": "video", "codec": "VP8"}   a stream that is seen for the first time
  {"video": {"frames", "width", "height", "mean", "contrast", "moves"}}   see player.ts
  {"audio": {"frames", "rms"}}
  {"deleted": 200}                            the server's answer to DELETE
  {"error": "..."}                            the peer ends with it
"""

import array
import json
import signal
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

# Size in which pictures are measured. Pixels.
WIDTH = 64
HEIGHT = 36

# Seconds between two reports of one medium.
INTERVAL = 0.1

# By how much a pixel's brightness differs when it counts as changed.
CHANGE = 20

_lock = threading.Lock()


def say(event):
    with _lock:
        print(json.dumps(event), flush=True)


def parse_arguments():
    """`play URL [TOKEN]` or `publish URL TOKEN [CODEC]`, which is VP8 or H264."""
    role, url, *more = sys.argv[1:]
    if role not in ("play", "publish"):
        raise SystemExit("first argument: play or publish")
    token, codec = (more + ["", "VP8"][len(more):])[:2]
    return role, url, token, codec


def on_end(end):
    """Calls a function, on another thread, when stdin is closed or SIGTERM comes."""
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=end).start())

    def wait_for_stdin():
        sys.stdin.read()
        end()

    threading.Thread(target=wait_for_stdin, daemon=True).start()


class Session:
    """A WHIP or WHEP session as its client sees it. Calls block."""

    def __init__(self, url, token):
        self.url = url
        self.location = None
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def offer(self, sdp):
        status, headers, body = self._request("POST", self.url, "application/sdp", sdp)
        if status != 201:
            raise RuntimeError(f"the server answered {status}: {body}")
        self.location = urllib.parse.urljoin(self.url, headers["Location"])
        say({"answer": status, "location": self.location})
        return body

    def delete(self):
        if self.location:
            status, _, _ = self._request("DELETE", self.location)
            self.location = None
            say({"deleted": status})

    def _request(self, method, url, content_type=None, body=None):
        headers = dict(self._headers, **({"Content-Type": content_type} if content_type else {}))
        request = urllib.request.Request(url, body and body.encode(), headers, method=method)
        # Without the proxies of the environment.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=20) as response:
                return response.status, response.headers, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()


class PictureWatch:
    """Counts pictures, measures some of them and reports."""

    def __init__(self):
        self.frames = 0
        self._moves = 0
        self._reference = None
        self._reported = 0.0

    def is_due(self):
        """Counts a picture; whether it is to be measured."""
        self.frames += 1
        return time.monotonic() - self._reported >= INTERVAL

    def measure(self, width, height, gray):
        """Takes brightness, a byte for each of WIDTH x HEIGHT pixels, of a picture whose own size is told."""
        self._reported = time.monotonic()
        mean = sum(gray) / len(gray)
        contrast = (sum((value - mean) ** 2 for value in gray) / len(gray)) ** 0.5
        if self._reference is None:
            self._reference = gray
        elif any(abs(one - other) > CHANGE for one, other in zip(gray, self._reference)):
            self._reference = gray
            self._moves += 1
        say(
            {
                "video": {
                    "frames": self.frames,
                    "width": width,
                    "height": height,
                    "mean": round(mean, 1),
                    "contrast": round(contrast, 1),
                    "moves": self._moves,
                }
            }
        )


class SoundWatch:
    """Counts pieces of sound and reports how loud they are."""

    def __init__(self):
        self._frames = 0
        self._loudest = 0.0
        self._reported = 0.0

    def take(self, samples):
        """Takes samples of 16 bits, as bytes."""
        self._frames += 1
        values = array.array("h", samples)[::8]
        rms = (sum(value * value for value in values) / max(1, len(values))) ** 0.5 / 32768
        self._loudest = max(self._loudest, rms)
        if time.monotonic() - self._reported >= INTERVAL:
            self._reported = time.monotonic()
            say({"audio": {"frames": self._frames, "rms": round(self._loudest, 4)}})
            self._loudest = 0.0
