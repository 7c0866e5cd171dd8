package libtorrent

import (
	"errors"
	"fmt"
	"sync"
)

var errSessionEnded = errors.New("libtorrent: the session has ended")

// takeError returns what an ErrorCode says, and deletes it.
func takeError(doing string, code ErrorCode) error {
	defer DeleteErrorCode(code)
	if !code.Failed() {
		return nil
	}
	return fmt.Errorf("libtorrent: %s: %s", doing, code.Message().(string))
}

// Session is a running session. Its methods are for one goroutine at a time; what GetHandle returns is for many.
type Session interface {
	// GetHandle returns a way to use the session. It goes on being safe when the session has ended.
	GetHandle() (SessionHandle, error)
	// Abort begins to end the session; DeleteSession waits for the rest.
	Abort()
	Swigcptr() uintptr
}

type ownedSession struct {
	mutex   sync.Mutex
	wrapped WrappedSession // nil after DeleteSession
}

// NewSession starts a session.
//
//	NewSession(SessionParams)
//	NewSession(SettingsPack)
//	NewSession(SettingsPack, flags int)
//
// With settings alone, torrents go to files, but those with AddTorrentParams.SetMemoryStorage to RAM. Flags are those of
// libtorrent 1.x, and have no effect any more.
func NewSession(a ...interface{}) (ret Session, err error) {
	if len(a) < 1 || len(a) > 2 {
		return nil, fmt.Errorf("libtorrent: NewSession takes one or two arguments, not %d", len(a))
	}
	var params SessionParams
	switch first := a[0].(type) {
	case SessionParams:
		params = first
	case SettingsPack:
		params = NewSessionParams(first)
		defer DeleteSessionParams(params)
	default:
		return nil, fmt.Errorf("libtorrent: NewSession takes SessionParams or a SettingsPack, not %T", first)
	}
	code := NewErrorCode()
	wrapped := WrappedSessionCreate(params, code)
	if err := takeError("starting a session", code); err != nil {
		return nil, err
	}
	return &ownedSession{wrapped: wrapped}, nil
}

// DeleteSession ends a session, and waits until it has. A second time it does nothing.
func DeleteSession(s Session) (err error) {
	owned, ok := s.(*ownedSession)
	if !ok {
		return fmt.Errorf("libtorrent: DeleteSession takes what NewSession made, not %T", s)
	}
	owned.mutex.Lock()
	defer owned.mutex.Unlock()
	if owned.wrapped != nil {
		DeleteWrappedSession(owned.wrapped)
		owned.wrapped = nil
	}
	return nil
}

func (s *ownedSession) GetHandle() (SessionHandle, error) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.wrapped == nil {
		return nil, errSessionEnded
	}
	wrapped := s.wrapped.GetHandle()
	if wrapped.Swigcptr() == 0 {
		return nil, errSessionEnded
	}
	return sessionHandle{wrapped}, nil
}

func (s *ownedSession) Abort() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.wrapped != nil {
		s.wrapped.Abort()
	}
}

func (s *ownedSession) Swigcptr() uintptr {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.wrapped == nil {
		return 0
	}
	return s.wrapped.Swigcptr()
}

// SessionHandle is a session, seen from where it is used.
type SessionHandle interface {
	WrappedSessionHandle
	// AddTorrent adds a torrent.
	//
	//	AddTorrent(AddTorrentParams)
	//	AddTorrent(AddTorrentParams, ErrorCode)
	//
	// What goes wrong is returned, or, with an ErrorCode, put there.
	AddTorrent(a ...interface{}) (TorrentHandle, error)
	// RemoveTorrent removes a torrent, and with WrappedSessionHandleDeleteFiles its files. It may be a torrent of
	// another session, which then goes there.
	//
	//	RemoveTorrent(TorrentHandle)
	//	RemoveTorrent(TorrentHandle, flags int)
	RemoveTorrent(a ...interface{}) error
	// WaitForAlert waits until there is an alert, and leaves it where PopAlerts gets it. Its Swigcptr is 0 if none came;
	// nothing else may be asked of it, as the next alert may move it.
	WaitForAlert(atMost TimeDuration) Alert
}

// DeleteSessionHandle frees a handle. The session goes on.
func DeleteSessionHandle(s SessionHandle) { DeleteWrappedSessionHandle(s) }

type sessionHandle struct{ WrappedSessionHandle }

func (s sessionHandle) AddTorrent(a ...interface{}) (TorrentHandle, error) {
	if len(a) < 1 || len(a) > 2 {
		return nil, fmt.Errorf("libtorrent: AddTorrent takes one or two arguments, not %d", len(a))
	}
	params, ok := a[0].(AddTorrentParams)
	if !ok {
		return nil, fmt.Errorf("libtorrent: AddTorrent takes AddTorrentParams, not %T", a[0])
	}
	if len(a) == 2 {
		code, ok := a[1].(ErrorCode)
		if !ok {
			return nil, fmt.Errorf("libtorrent: AddTorrent takes an ErrorCode, not %T", a[1])
		}
		return s.TryAddTorrent(params, code), nil
	}
	code := NewErrorCode()
	torrent := s.TryAddTorrent(params, code)
	if err := takeError("adding a torrent", code); err != nil {
		DeleteWrappedTorrentHandle(torrent)
		return nil, err
	}
	return torrent, nil
}

func (s sessionHandle) RemoveTorrent(a ...interface{}) error {
	if len(a) < 1 || len(a) > 2 {
		return fmt.Errorf("libtorrent: RemoveTorrent takes one or two arguments, not %d", len(a))
	}
	torrent, ok := a[0].(TorrentHandle)
	if !ok {
		return fmt.Errorf("libtorrent: RemoveTorrent takes a TorrentHandle, not %T", a[0])
	}
	flags := 0
	if len(a) == 2 {
		if flags, ok = a[1].(int); !ok {
			return fmt.Errorf("libtorrent: RemoveTorrent takes flags as an int, not %T", a[1])
		}
	}
	code := NewErrorCode()
	s.TryRemoveTorrent(torrent, flags, code)
	return takeError("removing a torrent", code)
}

func (s sessionHandle) WaitForAlert(atMost TimeDuration) Alert {
	return s.WaitNanoseconds(int64(atMost))
}
