"""A real RTSP server (gst-rtsp-server) that serves media files like a camera; see rtsp-server.ts.

Reads one JSON object from standard input:
  port    TCP port on 127.0.0.1; 0: any free one
  mounts  {"/path": {"launch": gst-launch description, "shared": whether all clients see the same moment}}
  auth    null, or {"scheme": "basic" | "digest", "username", "password"}
Writes one line of JSON, {"port": N}, to standard output when it listens. Ends with SIGTERM.
"""

import json
import signal
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

ROLE = "viewer"


def authentication(config):
    """Without the role, paths of the server cannot be seen at all: the answer is 401."""
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", ROLE)
    if config["scheme"] == "basic":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        credentials = GstRtspServer.RTSPAuth.make_basic(config["username"], config["password"])
        auth.add_basic(credentials, token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(config["username"], config["password"], token)
    return auth


def permissions():
    permissions = GstRtspServer.RTSPPermissions()
    role = Gst.Structure.new_empty(ROLE)
    for right in ("media.factory.access", "media.factory.construct"):
        role.set_value(right, True)
    permissions.add_role_from_structure(role)
    return permissions


def factory(mount, protected):
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(mount["launch"])
    factory.set_shared(mount["shared"])
    if protected:
        factory.set_permissions(permissions())
    return factory


def forget_silent_clients(sessions):
    sessions.cleanup()
    return True


def main():
    config = json.load(sys.stdin)
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(str(config["port"]))
    if config["auth"]:
        server.set_auth(authentication(config["auth"]))
    mounts = server.get_mount_points()
    for path, mount in config["mounts"].items():
        mounts.add_factory(path, factory(mount, bool(config["auth"])))
    loop = GLib.MainLoop()
    if server.attach(None) == 0:
        sys.exit("cannot listen on port %s" % config["port"])
    GLib.timeout_add_seconds(5, forget_silent_clients, server.get_session_pool())
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    print(json.dumps({"port": server.get_bound_port()}), flush=True)
    loop.run()


main()
