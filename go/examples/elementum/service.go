// Elementum streams torrents from RAM over HTTP the way that Elementum does: with its calls of package libtorrent, and
// its own scheduler, cut down to what matters. docs/porting.md refers to it.
//
//	elementum [-memory BYTES] [-http ADDRESS:PORT] [-peer ADDRESS:PORT] MAGNET|TORRENT...
//
// A program that has no scheduler of its own takes package memtorrent, which is a great deal shorter: cmd/gostream.
package main

import (
	"errors"
	"strings"
	"sync"
	"time"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// service owns the session and its torrents.
type service struct {
	memoryBytes int64
	downloads   string // folder of torrents that go to files

	mutex    sync.Mutex
	global   lt.Session
	session  lt.SessionHandle
	settings lt.SettingsPack
	torrents []*torrent
	stop     chan struct{}
	stopped  sync.WaitGroup
}

// configure sets what Elementum sets, also what libtorrent 2.0 does not know any more.
func configure(change func(lt.SettingsPack)) lt.SettingsPack {
	settings := lt.NewSettingsPack()
	settings.SetStr("user_agent", "memtorrent-elementum/1.0")
	settings.SetBool("announce_to_all_tiers", true)
	settings.SetBool("lazy_bitfields", true)
	settings.SetBool("prioritize_partial_pieces", false)
	settings.SetBool("strict_end_game_mode", true)
	settings.SetBool("use_read_cache", true)
	settings.SetBool("close_redundant_connections", false)
	settings.SetBool("enable_outgoing_utp", false) // it gives way to all other traffic
	settings.SetInt("cache_size", 0)
	settings.SetInt("mixed_mode_algorithm", lt.SettingsPackPreferTcp)
	settings.SetInt("choking_algorithm", lt.SettingsPackFixedSlotsChoker)
	settings.SetInt("seed_choking_algorithm", lt.SettingsPackFastestUpload)
	settings.SetInt("request_queue_time", 2)
	settings.SetInt("max_out_request_queue", 5000)
	settings.SetInt("alert_mask", lt.AlertStatusNotification|lt.AlertStorageNotification)
	settings.SetInt("active_limit", -1)
	settings.SetInt("active_downloads", -1)
	if change != nil {
		change(settings)
	}
	return settings
}

func newService(memoryBytes int64, downloads string, change func(lt.SettingsPack)) (*service, error) {
	s := &service{memoryBytes: memoryBytes, downloads: downloads, settings: configure(change)}
	global, err := lt.NewSession(s.settings, lt.WrappedSessionHandleAddDefaultPlugins)
	if err != nil {
		return nil, err
	}
	s.global = global
	if s.session, err = global.GetHandle(); err != nil {
		return nil, err
	}
	s.stop = make(chan struct{})
	s.stopped.Add(2)
	go s.consumeAlerts()
	go s.prioritizeAll()
	return s, nil
}

func (s *service) close() error {
	s.mutex.Lock()
	torrents := s.torrents
	s.torrents = nil
	s.mutex.Unlock()
	for _, t := range torrents {
		t.drop()
	}
	close(s.stop)
	s.stopped.Wait()
	s.global.Abort()
	err := lt.DeleteSession(s.global)
	for _, t := range torrents {
		t.free()
	}
	lt.DeleteSessionHandle(s.session)
	lt.DeleteSettingsPack(s.settings)
	return err
}

func (s *service) consumeAlerts() {
	defer s.stopped.Done()
	for {
		select {
		case <-s.stop:
			return
		default:
		}
		if s.session.WaitForAlert(lt.Milliseconds(500)).Swigcptr() == 0 {
			continue
		}
		alerts := s.session.PopAlerts()
		for i := 0; i < int(alerts.Size()); i++ {
			alert := alerts.Get(i)
			if alert.Type() != lt.MetadataReceivedAlertAlertType {
				continue
			}
			received := lt.SwigcptrMetadataReceivedAlert(alert.Swigcptr())
			for _, t := range s.all() {
				if received.GetHandle().Equal(t.th) {
					t.gotMetadata()
				}
			}
		}
		lt.DeleteStdVectorAlerts(alerts)
	}
}

func (s *service) prioritizeAll() {
	defer s.stopped.Done()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-s.stop:
			return
		case <-tick.C:
			for _, t := range s.all() {
				t.prioritize()
			}
		}
	}
}

func (s *service) all() []*torrent {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return append([]*torrent(nil), s.torrents...)
}

// add adds a torrent: to memory, with nothing of it wanted yet, or to files, all of it.
func (s *service) add(uri string, inMemory bool) (*torrent, error) {
	params := lt.NewAddTorrentParams()
	defer lt.DeleteAddTorrentParams(params)
	if inMemory {
		params.SetMemoryStorage(s.memoryBytes)
	}
	params.SetMaxConnections(200)

	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	if strings.HasPrefix(uri, "magnet:") {
		lt.ParseMagnetUri(uri, params, code)
	} else {
		info := lt.NewTorrentInfo(uri, code)
		defer lt.DeleteTorrentInfo(info)
		if !code.Failed() {
			params.SetTorrentInfo(info)
		}
	}
	if code.Failed() {
		return nil, errors.New(code.Message().(string))
	}
	params.SetSavePath(s.downloads)
	if inMemory {
		priorities := lt.NewStdVectorInt()
		defer lt.DeleteStdVectorInt(priorities)
		for i := 0; i <= 500; i++ {
			priorities.Add(0)
		}
		params.SetFilePriorities(priorities)
	}

	th, err := s.session.AddTorrent(params, code)
	if err != nil {
		return nil, err
	}
	if code.Failed() || !th.IsValid() {
		return nil, errors.New(code.Message().(string))
	}
	th.AutoManaged(false)
	th.Resume()
	t := newTorrent(s, th, inMemory)
	if info := th.TorrentFile(); info.Swigcptr() != 0 {
		lt.DeleteTorrentInfo(info)
		t.gotMetadata()
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.torrents = append(s.torrents, t)
	return t, nil
}
