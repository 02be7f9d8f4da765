"""GStreamer's webrtcbin as WHEP player and WHIP publisher. Arguments, events and the end: see peer_common."""

import os
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import GLib, Gst, GstSdp, GstWebRTC  # noqa: E402

from peer_common import HEIGHT, WIDTH, PictureWatch, Session, SoundWatch, on_end, parse_arguments, say  # noqa: E402

PAYLOAD_TYPES = {"OPUS": 97, "VP8": 96, "H264": 98}
FEEDBACK = "rtcp-fb-nack-pli=true,rtcp-fb-ccm-fir=true"
CAPS = {
    "OPUS": "media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2",
    "VP8": f"media=video,encoding-name=VP8,clock-rate=90000,{FEEDBACK}",
    "H264": f"media=video,encoding-name=H264,clock-rate=90000,{FEEDBACK},packetization-mode=(string)1",
}

# Encoders and decoders of gstreamer1.0-plugins-{base,good,bad}.
ENCODERS = {
    "VP8": "vp8enc deadline=1 cpu-used=8 target-bitrate=300000 keyframe-max-dist=150 ! rtpvp8pay picture-id-mode=15-bit",
    "H264": "openh264enc complexity=low bitrate=300000 gop-size=150 ! video/x-h264,profile=constrained-baseline"
    " ! h264parse config-interval=-1 ! rtph264pay aggregate-mode=zero-latency",
}
DECODERS = {
    "OPUS": "rtpopusdepay ! opusdec",
    "VP8": "rtpvp8depay request-keyframe=true wait-for-keyframe=true ! vp8dec",
    "H264": "rtph264depay request-keyframe=true wait-for-keyframe=true ! h264parse ! openh264dec",
}


def caps_of(codec):
    return f"application/x-rtp,payload={PAYLOAD_TYPES[codec]},{CAPS[codec]}"


def play(pipeline, peer):
    """Asks for sound, and for video in every codec that can be decoded."""
    watches = {"video": PictureWatch(), "audio": SoundWatch()}
    for codecs in (["OPUS"], ["VP8", "H264"]):
        caps = Gst.Caps.from_string(";".join(caps_of(codec) for codec in codecs))
        peer.emit("add-transceiver", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, caps)
    peer.connect("pad-added", lambda _, pad: watch_pad(pipeline, pad, watches))


def watch_pad(pipeline, pad, watches):
    if pad.direction != Gst.PadDirection.SRC:
        return
    structure = pad.get_current_caps().get_structure(0)
    kind, codec = structure.get_string("media"), structure.get_string("encoding-name")
    say({"pad": pad.get_name(), "kind": kind, "codec": codec})
    tell_sources(pad, kind)
    if kind == "video":
        caps = f"video/x-raw,format=GRAY8,width={WIDTH},height={HEIGHT}"
        convert = f"queue name=decoded ! videoconvert ! videoscale ! {caps}"
    else:
        convert = "queue name=decoded ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,rate=48000,channels=1"
    description = f"queue ! {DECODERS[codec]} ! {convert} ! appsink name=sink sync=false emit-signals=true max-buffers=5"
    chain = Gst.parse_bin_from_description(description, True)
    take = take_picture if kind == "video" else take_sound
    chain.get_by_name("sink").connect("new-sample", take, chain.get_by_name("decoded"), watches[kind])
    pipeline.add(chain)
    chain.sync_state_with_parent()
    pad.link(chain.get_static_pad("sink"))


def tell_sources(pad, kind):
    """Tells of each SSRC that comes out of a pad: it can be another one later, in the same pad."""
    known = set()

    def look(_, info):
        ssrc = int.from_bytes(info.get_buffer().extract_dup(8, 4), "big")
        if ssrc not in known:
            known.add(ssrc)
            say({"ssrc": ssrc, "kind": kind})
        return Gst.PadProbeReturn.OK

    pad.add_probe(Gst.PadProbeType.BUFFER, look)


def take_picture(sink, decoded, watch):
    buffer = sink.emit("pull-sample").get_buffer()
    if watch.is_due():
        own = decoded.get_static_pad("sink").get_current_caps().get_structure(0)
        size = [own.get_int(side)[1] for side in ("width", "height")]
        watch.measure(*size, buffer.extract_dup(0, WIDTH * HEIGHT))
    return Gst.FlowReturn.OK


def take_sound(sink, _, watch):
    buffer = sink.emit("pull-sample").get_buffer()
    watch.take(buffer.extract_dup(0, buffer.get_size()))
    return Gst.FlowReturn.OK


def publish(pipeline, peer, codec):
    """Sends a white ball that moves, and a tone."""
    size = "video/x-raw,format=I420,width=320,height=180,framerate=15/1"
    sources = {
        "OPUS": "audiotestsrc is-live=true volume=0.3 ! audioconvert ! audioresample ! opusenc ! rtpopuspay",
        codec: f"videotestsrc is-live=true pattern=ball ! {size} ! queue ! {ENCODERS[codec]}",
    }
    for name, source in sources.items():
        chain = Gst.parse_bin_from_description(f"{source} ! capsfilter name=last caps=\"{caps_of(name)}\"", True)
        pipeline.add(chain)
        sink = peer.request_pad_simple("sink_%u")
        chain.get_static_pad("src").link(sink)
        sink.get_property("transceiver").set_property(
            "direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY
        )


def negotiate(peer, session, fail):
    """Offers when all candidates are there, and takes the answer."""

    def gathered(*_):
        if peer.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            # Not on GStreamer's thread: it waits for the server.
            threading.Thread(target=exchange, daemon=True).start()

    def exchange():
        try:
            offer = peer.get_property("local-description").sdp.as_text()
            _, sdp = GstSdp.SDPMessage.new_from_text(session.offer(offer))
            answer = GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, sdp)
            peer.emit("set-remote-description", answer, None)
        except Exception as error:  # noqa: BLE001
            fail(f"{type(error).__name__}: {error}")

    def offered(promise):
        # Kept: the offer is a part of it.
        reply = promise.get_reply()
        peer.emit("set-local-description", reply.get_value("offer"), None)

    def needed(_):
        peer.emit("create-offer", None, Gst.Promise.new_with_change_func(offered))

    peer.connect("notify::ice-gathering-state", gathered)
    # When the formats of what is to be sent are known, and with them their SSRCs.
    peer.connect("on-negotiation-needed", needed)


def main():
    role, url, token, codec = parse_arguments()
    Gst.init(None)
    loop = GLib.MainLoop()
    session = Session(url, token)
    pipeline = Gst.Pipeline.new(None)
    peer = Gst.ElementFactory.make("webrtcbin")
    peer.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
    peer.set_property("latency", 50)
    pipeline.add(peer)
    # Not beyond this machine. Kept: the agent goes with the last reference that Python has to it.
    agent = peer.get_property("ice-agent")
    agent.emit("add-local-ip-address", "127.0.0.1")

    def end():
        GLib.idle_add(loop.quit)

    def fail(words):
        say({"error": words})
        end()

    def tell_state(*_):
        say({"state": peer.get_property("connection-state").value_nick})

    def hear(_, message):
        error, debug = message.parse_error()
        fail(f"{error.message}: {debug}")

    peer.connect("notify::connection-state", tell_state)
    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message::error", hear)
    if role == "play":
        play(pipeline, peer)
    else:
        publish(pipeline, peer, codec)
    on_end(end)
    negotiate(peer, session, fail)
    pipeline.set_state(Gst.State.PLAYING)
    loop.run()
    session.delete()
    pipeline.set_state(Gst.State.NULL)
    # At once: what Python and webrtcbin both hold of the agent is freed twice otherwise.
    os._exit(0)


main()
