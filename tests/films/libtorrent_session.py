"""A libtorrent session on one loopback address, that knows no peers but those it is told, and remembers what went wrong."""

import time

import libtorrent as lt

_SETTINGS = {
    "enable_dht": False, "enable_lsd": False, "enable_upnp": False, "enable_natpmp": False,
    "alert_queue_size": 1000000,
    # Of 256 encrypted handshakes one fails (tests/support/swarm.cpp says why).
    "out_enc_policy": int(lt.enc_policy.pe_disabled),
}
_CATEGORIES = (lt.alert.category_t.error_notification | lt.alert.category_t.status_notification |
               lt.alert.category_t.connect_notification | lt.alert.category_t.peer_notification |
               lt.alert.category_t.storage_notification | lt.alert.category_t.piece_progress_notification)
_PROBLEMS = (lt.peer_disconnected_alert, lt.peer_ban_alert, lt.peer_error_alert, lt.hash_failed_alert,
             lt.torrent_error_alert, lt.torrent_paused_alert, lt.file_error_alert, lt.alerts_dropped_alert)
_LOOK_EVERY_S = 0.005


class LibtorrentSession:
    def __init__(self, film, save_path, address, more_alerts=0, looks_at_files=True):
        """Unless it looks at its files, it takes them to be there and right, and sends what they hold."""
        self._session = lt.session({
            **_SETTINGS, "listen_interfaces": f"{address}:0", "alert_mask": _CATEGORIES | more_alerts,
            "disable_hash_checks": not looks_at_files})
        self._address = address
        self._problems = []
        self._connections = []
        self.requests_refused = 0
        parameters = lt.add_torrent_params()
        parameters.ti = film.torrent_info()
        parameters.save_path = str(save_path)
        parameters.flags |= lt.torrent_flags.disable_pex
        if not looks_at_files:
            parameters.flags |= lt.torrent_flags.seed_mode
        parameters.flags &= ~(lt.torrent_flags.auto_managed | lt.torrent_flags.paused)
        self.torrent = self._session.add_torrent(parameters)

    @property
    def endpoint(self):
        return f"{self._address}:{self._session.listen_port()}"

    def wait_until(self, reached, limit_s):
        """Looks again and again whether `reached()`; an AssertionError if that does not come in time."""
        deadline = time.monotonic() + limit_s
        while True:
            self._take_alerts()
            if reached():
                return
            if time.monotonic() >= deadline:
                raise AssertionError(f"not reached within {limit_s} s; problems so far: {self._problems}")
            # Not in wait_for_alert: its binding looks at an alert that the next one may just be moving, and crashes.
            time.sleep(_LOOK_EVERY_S)

    def peers(self):
        return self.torrent.get_peer_info()

    def connections(self):
        """Every connection with a peer, made by either side, in order, as text."""
        self._take_alerts()
        return list(self._connections)

    def problems(self):
        """Peers lost or banned, failed hashes, errors and pauses of the torrent, from the start on, as text."""
        self._take_alerts()
        return list(self._problems)

    def close(self):
        del self.torrent
        # Its destructor waits until all is torn down.
        del self._session

    def _take_alerts(self):
        for alert in self._session.pop_alerts():
            self._note(alert)

    def _note(self, alert):
        # An alert is gone at the next pop: only its text is kept.
        if isinstance(alert, _PROBLEMS):
            self._problems.append(f"{alert.what()}: {alert.message()}")
        if isinstance(alert, lt.invalid_request_alert):
            self.requests_refused += 1
        if isinstance(alert, lt.peer_connect_alert):
            self._connections.append(alert.message())
