package loopback

import (
	"testing"
	"time"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// Patience is how long a test waits for what must come.
const Patience = 60 * time.Second

// Settings are those of a session that talks on 127.0.0.1 alone.
func Settings() lt.SettingsPack {
	settings := lt.NewSettingsPack()
	settings.SetStr("listen_interfaces", "127.0.0.1:0")
	for _, name := range []string{"enable_dht", "enable_lsd", "enable_upnp", "enable_natpmp", "enable_outgoing_utp",
		"enable_incoming_utp", "close_redundant_connections"} {
		settings.SetBool(name, false)
	}
	settings.SetBool("allow_multiple_connections_per_ip", true)
	settings.SetInt("in_enc_policy", lt.SettingsPackPeDisabled)
	settings.SetInt("out_enc_policy", lt.SettingsPackPeDisabled)
	settings.SetInt("alert_mask", lt.AlertErrorNotification|lt.AlertStatusNotification|lt.AlertStorageNotification)
	settings.SetInt("tick_interval", 100)
	return settings
}

// NewSession starts a session that ends with the test: NewSession(Settings(), 0) of package libtorrent.
func NewSession(t testing.TB) lt.SessionHandle {
	t.Helper()
	settings := Settings()
	defer lt.DeleteSettingsPack(settings)
	session, err := lt.NewSession(settings, lt.WrappedSessionHandleAddDefaultPlugins)
	if err != nil {
		t.Fatal(err)
	}
	return handleOf(t, session)
}

func handleOf(t testing.TB, session lt.Session) lt.SessionHandle {
	t.Helper()
	handle, err := session.GetHandle()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		session.Abort()
		if err := lt.DeleteSession(session); err != nil {
			t.Error(err)
		}
		lt.DeleteSessionHandle(handle)
	})
	return handle
}

// Params are those of a film, to be downloaded to folder.
func Params(t testing.TB, film *Film, folder string) lt.AddTorrentParams {
	t.Helper()
	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	info := lt.NewTorrentInfo(film.Torrent, code)
	if code.Failed() {
		t.Fatal("reading a torrent: ", code.Message())
	}
	defer lt.DeleteTorrentInfo(info)
	params := lt.NewAddTorrentParams()
	params.SetTorrentInfo(info)
	params.SetSavePath(folder)
	params.SetPaused(false)
	params.SetAutoManaged(false)
	return params
}

// Add adds a torrent, deletes params, and tells it where peers are. It stays until the session ends.
func Add(t testing.TB, session lt.SessionHandle, params lt.AddTorrentParams, ports ...int) lt.TorrentHandle {
	t.Helper()
	defer lt.DeleteAddTorrentParams(params)
	torrent, err := session.AddTorrent(params)
	if err != nil {
		t.Fatal(err)
	}
	for _, port := range ports {
		torrent.ConnectPeer("127.0.0.1", port)
	}
	return torrent
}

// Seed starts a session that has the films, and returns its port.
func Seed(t testing.TB, films ...*Film) int {
	t.Helper()
	session := NewSession(t)
	for _, film := range films {
		torrent := Add(t, session, Params(t, film, film.Folder))
		Until(t, film.Name+" is checked", func() bool {
			status := torrent.Status()
			defer lt.DeleteTorrentStatus(status)
			return status.GetIsSeeding()
		})
	}
	return session.ListenPort()
}

// Until waits until what is reached.
func Until(t testing.TB, what string, reached func() bool) {
	t.Helper()
	for end := time.Now().Add(Patience); !reached(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("does not come: ", what)
		}
	}
}
