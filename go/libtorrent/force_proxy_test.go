package libtorrent_test

import (
	"testing"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// forcedProxy starts a session with force_proxy and what change sets after it.
func forcedProxy(t *testing.T, change func(lt.SettingsPack)) lt.SessionHandle {
	t.Helper()
	session, handle := newSession(t, func(settings lt.SettingsPack) {
		settings.SetBool("force_proxy", true)
		change(settings)
	})
	t.Cleanup(func() {
		lt.DeleteSessionHandle(handle)
		_ = lt.DeleteSession(session)
	})
	return handle
}

// overSocks5 begins a DHT over a proxy that nobody answers at.
func overSocks5(settings lt.SettingsPack) {
	settings.SetInt("proxy_type", lt.ProxyTypeSocks5)
	settings.SetStr("proxy_hostname", "127.0.0.1")
	settings.SetInt("proxy_port", 1)
	settings.SetBool("enable_dht", true)
}

func TestForceProxyLooksUpNoNodesOfTheDht(t *testing.T) {
	for given, want := range map[string]string{
		"": "",
		"router.example.com:6881,127.0.0.1:1, dht.example.org:25401, [::1]:2": "127.0.0.1:1,[::1]:2",
		"router.example.com:6881": "",
	} {
		handle := forcedProxy(t, func(settings lt.SettingsPack) {
			overSocks5(settings)
			settings.SetStr("dht_bootstrap_nodes", given)
		})
		now := handle.GetSettings()
		if got := now.GetStr("dht_bootstrap_nodes"); got != want || !now.GetBool("enable_dht") {
			t.Errorf("of %q there is %q", given, got)
		}
		lt.DeleteSettingsPack(now)
	}
	now := forcedProxy(t, overSocks5).GetSettings()
	defer lt.DeleteSettingsPack(now)
	if got := now.GetStr("dht_bootstrap_nodes"); got != "" {
		t.Errorf("libtorrent's own node is left: %q", got)
	}
}

func TestForceProxyLeavesNodesWhenOtherSettingsChange(t *testing.T) {
	handle := forcedProxy(t, func(settings lt.SettingsPack) {
		overSocks5(settings)
		settings.SetStr("dht_bootstrap_nodes", "127.0.0.1:1")
	})
	later := lt.NewSettingsPack()
	defer lt.DeleteSettingsPack(later)
	later.SetInt("download_rate_limit", 1000)
	handle.ApplySettings(later)
	now := handle.GetSettings()
	defer lt.DeleteSettingsPack(now)
	if got := now.GetStr("dht_bootstrap_nodes"); got != "127.0.0.1:1" {
		t.Errorf("there is %q", got)
	}
}

func TestForceProxyTurnsOffWhatKnowsNoProxyThoughThereIsNone(t *testing.T) {
	names := []string{"enable_dht", "enable_lsd", "enable_upnp", "enable_natpmp"}
	now := forcedProxy(t, func(settings lt.SettingsPack) {
		for _, name := range names {
			settings.SetBool(name, true)
		}
	}).GetSettings()
	defer lt.DeleteSettingsPack(now)
	for _, name := range names {
		if now.GetBool(name) {
			t.Errorf("%s is on", name)
		}
	}
}
