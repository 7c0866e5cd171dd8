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
	sessions []*session // the last one is in use
	torrents []*torrent
	closed   bool
	open     sync.WaitGroup // the files that are open
	stop     chan struct{}
	stopped  sync.WaitGroup
}

// session is what libtorrent has of one.
type session struct {
	global   lt.Session
	handle   lt.SessionHandle
	settings lt.SettingsPack
}

// newSession takes the settings over.
func newSession(settings lt.SettingsPack) (*session, error) {
	global, err := lt.NewSession(settings, lt.WrappedSessionHandleAddDefaultPlugins)
	if err != nil {
		lt.DeleteSettingsPack(settings)
		return nil, err
	}
	handle, err := global.GetHandle()
	if err != nil {
		lt.DeleteSettingsPack(settings)
		_ = lt.DeleteSession(global) // the first error says more
		return nil, err
	}
	return &session{global, handle, settings}, nil
}

func (s *session) end() error {
	s.global.Abort()
	return lt.DeleteSession(s.global)
}

// free lets go of what is held in C++ when the session has ended.
func (s *session) free() {
	lt.DeleteSessionHandle(s.handle)
	lt.DeleteSettingsPack(s.settings)
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
	s := &service{memoryBytes: memoryBytes, downloads: downloads}
	if err := s.reconfigure(change); err != nil {
		return nil, err
	}
	s.stop = make(chan struct{})
	s.stopped.Add(2)
	go s.consumeAlerts()
	go s.prioritizeAll()
	return s, nil
}

// reconfigure does what Elementum does when its configuration changes: it begins a session, and goes on with that one.
// The session before it lives on, and so do its torrents, which are played and removed as before.
func (s *service) reconfigure(change func(lt.SettingsPack)) error {
	begun, err := newSession(configure(change))
	if err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.sessions = append(s.sessions, begun)
	return nil
}

// session is the one in use.
func (s *service) session() *session {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.sessions[len(s.sessions)-1]
}

// dropAll removes all torrents, which ends reads of their files, and lets no file be opened any more.
func (s *service) dropAll() {
	s.mutex.Lock()
	s.closed = true
	s.mutex.Unlock()
	for _, t := range s.all() {
		t.drop()
	}
}

// close waits until all files are closed.
func (s *service) close() error {
	s.dropAll()
	s.open.Wait()
	close(s.stop)
	s.stopped.Wait()
	var err error
	for _, session := range s.sessions {
		if ended := session.end(); ended != nil {
			err = ended
		}
	}
	for _, t := range s.torrents {
		t.free()
	}
	for _, session := range s.sessions {
		session.free()
	}
	return err
}

// hold says that a file is open, and must not be freed. False: nothing is opened any more.
func (s *service) hold() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !s.closed {
		s.open.Add(1)
	}
	return !s.closed
}

func (s *service) consumeAlerts() {
	defer s.stopped.Done()
	for {
		select {
		case <-s.stop:
			return
		default:
		}
		session := s.session().handle
		if session.WaitForAlert(lt.Milliseconds(500)).Swigcptr() == 0 {
			continue
		}
		alerts := session.PopAlerts()
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

	th, err := s.session().handle.AddTorrent(params, code)
	if err != nil {
		return nil, err
	}
	if code.Failed() || !th.IsValid() {
		return nil, errors.New(code.Message().(string))
	}
	th.AutoManaged(false)
	th.Resume()
	t := newTorrent(s, th, inMemory)
	s.mutex.Lock()
	s.torrents = append(s.torrents, t)
	s.mutex.Unlock()
	// Not before it is in the list: metadata that came in between would be in an alert that finds no torrent.
	t.gotMetadata()
	return t, nil
}
