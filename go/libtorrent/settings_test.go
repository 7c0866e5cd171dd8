package libtorrent_test

import (
	"testing"

	"github.com/memtorrent/memtorrent/go/internal/loopback"
	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

func TestNamesThatAreGoneAreIgnored(t *testing.T) {
	settings := lt.NewSettingsPack()
	defer lt.DeleteSettingsPack(settings)
	for _, name := range []string{"no_such_setting", "", "lock_files", "use_read_cache", "user_agent", "active_limit"} {
		settings.SetBool(name, true)
	}
	for _, name := range []string{"no_such_setting", "cache_size", "user_agent", "enable_dht"} {
		settings.SetInt(name, 7)
	}
	for _, name := range []string{"no_such_setting", "active_limit", "enable_dht"} {
		settings.SetStr(name, "x")
	}
	if settings.GetStr("active_limit") != "" || settings.GetInt("enable_dht") != 0 || settings.GetBool("user_agent") {
		t.Error("a setting has two types")
	}
	settings.SetStr("user_agent", "Some/1.0")
	settings.SetInt("choking_algorithm", 3)
	if settings.GetStr("user_agent") != "Some/1.0" || settings.GetInt("choking_algorithm") != 0 {
		t.Error("a setting is not what it was set to")
	}
	settings.SetBool("allows_i2p_mixed", true)
	if settings.GetBool("allow_i2p_mixed") {
		t.Error("a name that libtorrent never had lets peers outside of I2P in")
	}
}

func TestProfilesMerge(t *testing.T) {
	for _, profile := range []func(lt.SettingsPack){lt.MinMemoryUsage, lt.HighPerformanceSeed} {
		settings := lt.NewSettingsPack()
		settings.SetStr("user_agent", "Some/1.0")
		before := settings.GetInt("connection_speed")
		profile(settings)
		if settings.GetStr("user_agent") != "Some/1.0" {
			t.Error("the profile took what was set")
		}
		if settings.GetInt("alert_queue_size") == lt.NewSettingsPack().GetInt("alert_queue_size") &&
			settings.GetInt("connection_speed") == before && settings.GetInt("max_peerlist_size") == 3000 {
			t.Error("the profile did nothing")
		}
		lt.DeleteSettingsPack(settings)
	}
}

func TestForceProxyKeepsItsPromise(t *testing.T) {
	settings := loopback.Settings()
	defer lt.DeleteSettingsPack(settings)
	settings.SetBool("force_proxy", true)
	settings.SetInt("proxy_type", lt.ProxyTypeHttp)
	settings.SetStr("proxy_hostname", "127.0.0.1")
	settings.SetInt("proxy_port", 1)
	// What comes later does not undo it.
	leaks := []string{"enable_dht", "enable_lsd", "enable_upnp", "enable_natpmp"}
	for _, name := range leaks {
		settings.SetBool(name, true)
	}
	for _, name := range []string{"proxy_hostnames", "proxy_peer_connections", "proxy_tracker_connections"} {
		settings.SetBool(name, false)
	}
	session, err := lt.NewSession(settings, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lt.DeleteSession(session) }()
	handle, err := session.GetHandle()
	if err != nil {
		t.Fatal(err)
	}
	defer lt.DeleteSessionHandle(handle)
	check := func(when string) {
		t.Helper()
		now := handle.GetSettings()
		defer lt.DeleteSettingsPack(now)
		for _, name := range leaks {
			if now.GetBool(name) {
				t.Errorf("%s: %s is on", when, name)
			}
		}
		for _, name := range []string{"proxy_hostnames", "proxy_peer_connections", "proxy_tracker_connections"} {
			if !now.GetBool(name) {
				t.Errorf("%s: %s is off", when, name)
			}
		}
	}
	check("at the start")

	later := lt.NewSettingsPack()
	defer lt.DeleteSettingsPack(later)
	later.SetInt("download_rate_limit", 1000)
	later.SetBool("enable_lsd", true)
	later.SetBool("enable_dht", true)
	handle.ApplySettings(later)
	check("later")
	now := handle.GetSettings()
	defer lt.DeleteSettingsPack(now)
	if now.GetInt("download_rate_limit") != 1000 || now.GetInt("proxy_type") != lt.ProxyTypeHttp {
		t.Error("a setting was not applied")
	}
}

func TestSessionParamsChooseTheDisk(t *testing.T) {
	film := loopback.NewFilm(t, "film", 8*pieceLength, pieceLength, v1Only)
	disk := lt.MemoryDiskConstructor(32 << 20)
	defer lt.DeleteDiskIOConstructor(disk)
	files := lt.FileDiskConstructor()
	defer lt.DeleteDiskIOConstructor(files)
	for name, c := range map[string]struct {
		set      func(lt.SessionParams)
		inMemory bool
	}{
		"constructor":                       {func(p lt.SessionParams) { p.SetDiskIOConstructor(disk) }, true},
		"memory":                            {func(p lt.SessionParams) { p.SetMemoryDiskIO(32 << 20) }, true},
		"memory, as the contract spells it": {func(p lt.SessionParams) { p.SetMemoryDiskIo(32 << 20) }, true},
		"hybrid":                            {func(p lt.SessionParams) { p.SetHybridDiskIO(32 << 20) }, false},
		"files":                             {func(p lt.SessionParams) { p.SetDiskIOConstructor(files) }, false},
		"default":                           {func(lt.SessionParams) {}, false},
	} {
		t.Run(name, func(t *testing.T) {
			params := lt.NewSessionParams()
			defer lt.DeleteSessionParams(params)
			settings := loopback.Settings()
			defer lt.DeleteSettingsPack(settings)
			params.SetSettings(settings)
			c.set(params)
			session, err := lt.NewSession(params)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = lt.DeleteSession(session) }()
			handle, err := session.GetHandle()
			if err != nil {
				t.Fatal(err)
			}
			defer lt.DeleteSessionHandle(handle)
			torrent := loopback.Add(t, handle, loopback.Params(t, film, t.TempDir()))
			if is := torrent.GetMemoryStorage().IsInMemory(); is != c.inMemory {
				t.Errorf("in memory: %v", is)
			}
		})
	}
}
