"""Clients of Debian 12 that seed a film on loopback, each on an address of its own.

libtorrent, and so memtorrent, takes two peers of one address for the same one, so each seed needs another: all of
127.0.0.0/8 is loopback on Linux.

All have: `name`, `endpoint` (HOST:PORT), `uploaded_bytes()`, `connected_peers()`, `close()`. A constructor returns when
peers can connect and the whole film was checked.
"""

import json
import os
import time
import urllib.error
import urllib.request
from pathlib import Path

import child_process
from libtorrent_session import LibtorrentSession
from loopback import accepts, free_port

_READY_LIMIT_S = 120


class LibtorrentSeed(LibtorrentSession):
    name = "libtorrent"

    def __init__(self, film, address="127.0.0.2", upload_limit_bytes_s=0, folder=None, looks_at_files=True):
        """`folder` is where the film is, if not beside its .torrent."""
        super().__init__(film, folder or film.path.parent, address, looks_at_files=looks_at_files)
        self.torrent.set_upload_limit(upload_limit_bytes_s)
        self.wait_until(lambda: self.torrent.status().is_seeding, _READY_LIMIT_S)

    def uploaded_bytes(self):
        return self.torrent.status().total_payload_upload

    def connected_peers(self):
        return len(self.peers())


class TransmissionSeed:
    name = "transmission"

    def __init__(self, film, folder, address="127.0.0.3"):
        self._address = address
        self._port, self._rpc_port = free_port(address), free_port(address)
        self._session_id = ""
        settings_folder = Path(folder) / "transmission"
        settings_folder.mkdir()
        (settings_folder / "settings.json").write_text(json.dumps({
            "bind-address-ipv4": address, "peer-port": self._port, "rpc-bind-address": address,
            "rpc-port": self._rpc_port, "rpc-whitelist": f"127.*.*.*,{address}",
            "download-dir": str(film.path.parent),
            "dht-enabled": False, "lpd-enabled": False, "pex-enabled": False, "utp-enabled": False,
            "port-forwarding-enabled": False, "ratio-limit-enabled": False}))
        self._log_path = Path(folder) / "transmission.log"
        with open(self._log_path, "wb") as log:
            self._process = child_process.start(
                ["transmission-daemon", "--foreground", "--config-dir", settings_folder], stdout=log, stderr=log,
                env={**os.environ, "HOME": str(settings_folder)})
        _wait_until(lambda: accepts(address, self._rpc_port), self._process, self._log_path)
        added = self._rpc("torrent-add", filename=str(film.torrent_path))
        self._id = added["torrent-added"]["id"]
        seeding = 6  # TR_STATUS_SEED
        _wait_until(lambda: self._torrent("status") == seeding and self._torrent("leftUntilDone") == 0,
                    self._process, self._log_path)
        _wait_until(lambda: accepts(address, self._port), self._process, self._log_path)

    @property
    def endpoint(self):
        return f"{self._address}:{self._port}"

    def uploaded_bytes(self):
        return self._torrent("uploadedEver")

    def connected_peers(self):
        return self._torrent("peersConnected")

    def close(self):
        child_process.end(self._process)

    def _torrent(self, field):
        return self._rpc("torrent-get", ids=[self._id], fields=[field])["torrents"][0][field]

    def _rpc(self, method, **arguments):
        body = json.dumps({"method": method, "arguments": arguments}).encode()
        url = f"http://{self._address}:{self._rpc_port}/transmission/rpc"
        try:
            answer = _post(url, body, {"X-Transmission-Session-Id": self._session_id})
        except urllib.error.HTTPError as conflict:
            # The first request is refused with the id that all others must carry.
            if conflict.code != 409:
                raise
            self._session_id = conflict.headers["X-Transmission-Session-Id"]
            answer = _post(url, body, {"X-Transmission-Session-Id": self._session_id})
        if answer["result"] != "success":
            raise AssertionError(f"transmission refused {method}: {answer}")
        return answer["arguments"]


class Aria2Seed:
    name = "aria2"

    def __init__(self, film, folder, address="127.0.0.4", upload_limit_bytes_s=0):
        self._address = address
        # aria2 answers JSON-RPC on 127.0.0.1 only.
        self._port, self._rpc_port = free_port(address), free_port("127.0.0.1")
        self._log_path = Path(folder) / "aria2.log"
        with open(self._log_path, "wb") as log:
            self._process = child_process.start(
                ["aria2c", "--no-conf", f"--interface={address}", f"--listen-port={self._port}", "--enable-rpc",
                 f"--rpc-listen-port={self._rpc_port}", "--enable-dht=false", "--bt-enable-lpd=false",
                 "--enable-peer-exchange=false", "--seed-ratio=0.0", "--check-integrity=true",
                 f"--max-upload-limit={upload_limit_bytes_s}", f"--dir={film.path.parent}", film.torrent_path],
                stdout=log, stderr=log)
        _wait_until(lambda: accepts("127.0.0.1", self._rpc_port), self._process, self._log_path)
        _wait_until(lambda: any(d.get("seeder") == "true" for d in self._active()), self._process, self._log_path)
        _wait_until(lambda: accepts(address, self._port), self._process, self._log_path)

    @property
    def endpoint(self):
        return f"{self._address}:{self._port}"

    def uploaded_bytes(self):
        return sum(int(download["uploadLength"]) for download in self._active())

    def connected_peers(self):
        return sum(int(download["connections"]) for download in self._active())

    def close(self):
        child_process.end(self._process)

    def _active(self):
        body = json.dumps({"jsonrpc": "2.0", "id": "1", "method": "aria2.tellActive"}).encode()
        return _post(f"http://127.0.0.1:{self._rpc_port}/jsonrpc", body)["result"]


def _post(url, body, headers=()):
    request = urllib.request.Request(url, body, {"Content-Type": "application/json", **dict(headers)})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def _wait_until(ready, process, log_path):
    # These clients have no way to be waited for: they are asked again, a few times a second.
    deadline = time.monotonic() + _READY_LIMIT_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            process.kill()
            raise AssertionError(f"{process.args[0]} does not seed: {log_path.read_text(errors='replace')}")
        time.sleep(0.05)
