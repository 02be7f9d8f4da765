"""aiortc as WHEP player and WHIP publisher. Arguments, events and the end: see peer_common."""

import array
import asyncio
import fractions
import math
import time

import aioice.ice
import av
from aiortc import (
    MediaStreamTrack,
    RTCConfiguration,
    RTCPeerConnection,
    RTCRtpSender,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamError

from peer_common import HEIGHT, WIDTH, PictureWatch, Session, SoundWatch, on_end, parse_arguments, say

# Not beyond this machine; the library leaves loopback out by itself.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]

FRAME_RATE = 15
SAMPLE_RATE = 48000
SAMPLES = 960
PICTURE = (320, 180)


class MovingBar(MediaStreamTrack):
    """A dark picture with a bright bar that wanders."""

    kind = "video"

    def __init__(self):
        super().__init__()
        self._count = 0
        self._start = time.monotonic()

    async def recv(self):
        await asyncio.sleep(max(0, self._start + self._count / FRAME_RATE - time.monotonic()))
        width, height = PICTURE
        frame = av.VideoFrame(width, height, "yuv420p")
        left = self._count * 8 % (width - 40)
        luma, *chroma = frame.planes
        row = bytearray([40]) * luma.line_size
        row[left : left + 40] = bytes([220]) * 40
        luma.update(bytes(row) * luma.height)
        for plane in chroma:
            plane.update(bytes([110]) * plane.line_size * plane.height)
        frame.pts = self._count * 90000 // FRAME_RATE
        frame.time_base = fractions.Fraction(1, 90000)
        self._count += 1
        return frame


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self):
        super().__init__()
        self._count = 0
        self._start = time.monotonic()
        # A whole number of periods of 440 Hz has no whole number of samples; 400 Hz has.
        period = (8000 * math.sin(2 * math.pi * 400 * n / SAMPLE_RATE) for n in range(SAMPLES))
        self._samples = array.array("h", (int(value) for value in period)).tobytes()

    async def recv(self):
        await asyncio.sleep(max(0, self._start + self._count * SAMPLES / SAMPLE_RATE - time.monotonic()))
        frame = av.AudioFrame("s16", "mono", SAMPLES)
        frame.planes[0].update(self._samples)
        frame.sample_rate = SAMPLE_RATE
        frame.pts = self._count * SAMPLES
        frame.time_base = fractions.Fraction(1, SAMPLE_RATE)
        self._count += 1
        return frame


async def watch_video(track):
    watch = PictureWatch()
    while True:
        frame = await track.recv()
        if watch.is_due():
            plane = frame.reformat(WIDTH, HEIGHT, "gray").planes[0]
            rows = bytes(plane)
            gray = b"".join(rows[y * plane.line_size :][:WIDTH] for y in range(HEIGHT))
            watch.measure(frame.width, frame.height, gray)


async def watch_audio(track):
    watch = SoundWatch()
    while True:
        frame = await track.recv()
        watch.take(bytes(frame.planes[0]))


async def watch_sources(receiver):
    """Tells of each SSRC when it is first heard of."""
    known = set()
    while True:
        for source in receiver.getSynchronizationSources():
            if source.source not in known:
                known.add(source.source)
                say({"ssrc": source.source, "kind": receiver.track.kind})
        await asyncio.sleep(0.1)


def prefer(transceiver, codec):
    capabilities = RTCRtpSender.getCapabilities("video").codecs
    transceiver.setCodecPreferences([each for each in capabilities if each.name.upper() == codec])


async def main():
    role, url, token, codec = parse_arguments()
    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    on_end(lambda: loop.call_soon_threadsafe(ended.set))
    # An empty list: without, the library asks a STUN server on the internet.
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    session = Session(url, token)
    tasks = []

    @peer.on("connectionstatechange")
    def tell_state():
        say({"state": peer.connectionState})

    @peer.on("track")
    def watch(track):
        tasks.append(asyncio.ensure_future((watch_video if track.kind == "video" else watch_audio)(track)))

    if role == "play":
        for kind in ("audio", "video"):
            peer.addTransceiver(kind, direction="recvonly")
    else:
        peer.addTransceiver(Tone(), direction="sendonly")
        prefer(peer.addTransceiver(MovingBar(), direction="sendonly"), codec)
    await peer.setLocalDescription(await peer.createOffer())
    try:
        answer = await loop.run_in_executor(None, session.offer, peer.localDescription.sdp)
        await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        if role == "play":
            tasks += [asyncio.ensure_future(watch_sources(each.receiver)) for each in peer.getTransceivers()]
        end = asyncio.ensure_future(ended.wait())
        await wait_until_over(end, tasks)
    except Exception as error:
        say({"error": f"{type(error).__name__}: {error}"})
    finally:
        await loop.run_in_executor(None, session.delete)
        for task in tasks:
            task.cancel()
        await peer.close()


async def wait_until_over(end, tasks):
    """Waits for the end; a watch that ends with its track is told of and costs nothing else."""
    pending = {end}
    while not end.done():
        pending |= {task for task in tasks if not task.done()}
        done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED, timeout=0.5)
        for task in done - {end}:
            error = task.exception()
            if isinstance(error, MediaStreamError):
                say({"state": "track ended"})
            elif error:
                raise error


asyncio.run(main())
