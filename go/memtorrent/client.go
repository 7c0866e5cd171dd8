package memtorrent

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	lt "github.com/memtorrent/memtorrent/go/libtorrent"
)

// ErrClosed is what everything gives that was closed, or belongs to what was closed.
var ErrClosed = errors.New("memtorrent: closed")

// DefaultBudget holds about 25 s of a 20 Mbit/s film, and leaves space on a device with 512 MiB.
const DefaultBudget = 64 << 20

// A torrent file of more bytes than that is none.
const largestTorrentFile = 32 << 20

// Options says how a Client is to work. The zero value is good.
type Options struct {
	// Budget is the most bytes that the data of all the client's torrents may take; 0 for DefaultBudget. The rest of
	// the program comes on top.
	Budget int64
	// Listen is where peers connect: ADDRESS:PORT, or several of these with commas between. Empty: port 6881 of every
	// address, or another one if that is taken.
	Listen string
	// Peers, each HOST:PORT, are connected to at once, for each torrent.
	Peers []string
	// NoDHT and NoLocalDiscovery turn off two ways of finding peers; NoPortMapping leaves the router alone.
	NoDHT, NoLocalDiscovery, NoPortMapping bool
	// Settings are called last, to change what they want: docs/tuning.md says what there is.
	Settings func(lt.SettingsPack)
}

func (o Options) pack() lt.SettingsPack {
	settings := lt.NewSettingsPack()
	settings.ApplyStreamingSettings()
	if o.Listen != "" {
		settings.SetStr("listen_interfaces", o.Listen)
	}
	settings.SetBool("enable_dht", !o.NoDHT)
	settings.SetBool("enable_lsd", !o.NoLocalDiscovery)
	settings.SetBool("enable_upnp", !o.NoPortMapping)
	settings.SetBool("enable_natpmp", !o.NoPortMapping)
	settings.SetInt("alert_mask", 0)
	if o.Settings != nil {
		o.Settings(settings)
	}
	return settings
}

// Client is a BitTorrent client, with a budget that its torrents share.
type Client struct {
	peers   []string
	session lt.Session
	closing sync.Once
	closed  chan struct{}

	mutex  sync.RWMutex     // for writing while handle goes
	handle lt.SessionHandle // nil from Close on
}

// NewClient starts a client. Close ends it.
func NewClient(options Options) (*Client, error) {
	budget := options.Budget
	if budget == 0 {
		budget = DefaultBudget
	}
	settings := options.pack()
	defer lt.DeleteSettingsPack(settings)
	params := lt.NewSessionParams(settings)
	defer lt.DeleteSessionParams(params)
	params.SetMemoryDiskIO(budget)
	session, err := lt.NewSession(params)
	if err != nil {
		return nil, fmt.Errorf("memtorrent: %w", err)
	}
	handle, err := session.GetHandle()
	if err != nil {
		_ = lt.DeleteSession(session) // the first error says more
		return nil, fmt.Errorf("memtorrent: %w", err)
	}
	return &Client{peers: options.Peers, session: session, handle: handle, closed: make(chan struct{})}, nil
}

// Close ends the client and all its torrents, and waits until they have ended.
func (c *Client) Close() error {
	var err error
	c.closing.Do(func() {
		close(c.closed)
		handle := c.takeHandle()
		c.session.Abort()
		err = lt.DeleteSession(c.session)
		lt.DeleteSessionHandle(handle)
	})
	return err
}

// takeHandle waits until nobody uses the handle, and lets nobody use it any more.
func (c *Client) takeHandle() lt.SessionHandle {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	handle := c.handle
	c.handle = nil
	return handle
}

// whileOpen makes a call on a client that is not closed meanwhile.
func (c *Client) whileOpen(call func(lt.SessionHandle) error) error {
	c.mutex.RLock()
	defer c.mutex.RUnlock()
	if c.handle == nil {
		return ErrClosed
	}
	return call(c.handle)
}

// SetBudget changes the budget. Down: what is too much goes at once. A client that was closed has none.
func (c *Client) SetBudget(bytes int64) {
	_ = c.whileOpen(func(session lt.SessionHandle) error {
		session.SetMemoryBudget(bytes)
		return nil
	})
}

// Open adds a torrent, and waits until its files are known: at once for a .torrent file or its URL; for a magnet link
// until a peer has sent the metadata. ctx ends the wait. A torrent that the client has open already is an error.
func (c *Client) Open(ctx context.Context, magnetOrTorrent string) (*Torrent, error) {
	params := lt.NewAddTorrentParams()
	defer lt.DeleteAddTorrentParams(params)
	if err := describe(ctx, magnetOrTorrent, params); err != nil {
		return nil, fmt.Errorf("memtorrent: %w", err)
	}
	params.PrepareForStreaming()
	torrent := &Torrent{client: c}
	if err := c.whileOpen(func(session lt.SessionHandle) (err error) {
		torrent.handle, err = session.AddTorrent(params)
		return err
	}); err != nil {
		return nil, fmt.Errorf("memtorrent: %w", err)
	}
	if err := torrent.start(ctx); err != nil {
		if torrent.isGone() {
			err = ErrClosed // whatever came of it
		}
		_ = torrent.Close() // the first error says more
		return nil, fmt.Errorf("memtorrent: %w", err)
	}
	return torrent, nil
}

// Open is NewClient and Client.Open; closing the torrent closes its client too.
func Open(ctx context.Context, magnetOrTorrent string, options Options) (*Torrent, error) {
	client, err := NewClient(options)
	if err != nil {
		return nil, err
	}
	torrent, err := client.Open(ctx, magnetOrTorrent)
	if err != nil {
		_ = client.Close() // the first error says more
		return nil, err
	}
	torrent.ownsClient = true
	return torrent, nil
}

// describe puts into params what a magnet link, or a .torrent file or its URL, says.
func describe(ctx context.Context, source string, params lt.AddTorrentParams) error {
	code := lt.NewErrorCode()
	defer lt.DeleteErrorCode(code)
	if strings.HasPrefix(source, "magnet:") {
		lt.ParseMagnetUri(source, params, code)
		if code.Failed() {
			return fmt.Errorf("reading the magnet link: %s", code.Message())
		}
		return nil
	}
	content, err := fetch(ctx, source)
	if err != nil {
		return err
	}
	bytes := lt.NewStdVectorChar(int64(len(content)))
	defer lt.DeleteStdVectorChar(bytes)
	for i, b := range content {
		bytes.Set(i, b)
	}
	info := lt.NewTorrentInfo(bytes, code)
	defer lt.DeleteTorrentInfo(info)
	if code.Failed() {
		return fmt.Errorf("reading the torrent %s: %s", source, code.Message())
	}
	params.SetTorrentInfo(info)
	return nil
}

func fetch(ctx context.Context, source string) ([]byte, error) {
	if !strings.HasPrefix(source, "http://") && !strings.HasPrefix(source, "https://") {
		return os.ReadFile(source)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, source, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("fetching %s: %s", source, response.Status)
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, largestTorrentFile+1))
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w", source, err)
	}
	if len(content) > largestTorrentFile {
		return nil, fmt.Errorf("fetching %s: it is no torrent file, but more than %d bytes", source, largestTorrentFile)
	}
	return content, nil
}

// connectPeers tells the torrent of the peers that the options name.
func (c *Client) connectPeers(ctx context.Context, torrent lt.TorrentHandle) error {
	for _, peer := range c.peers {
		host, port, err := net.SplitHostPort(peer)
		if err != nil {
			return err
		}
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return fmt.Errorf("the port of the peer %s: %w", peer, err)
		}
		addresses, err := net.DefaultResolver.LookupHost(ctx, host)
		if err != nil {
			return err
		}
		for _, address := range addresses {
			torrent.ConnectPeer(address, int(number))
		}
	}
	return nil
}

// await looks again and again until reached says so.
func (c *Client) await(ctx context.Context, reached func() bool) error {
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for !reached() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-c.closed:
			return ErrClosed
		case <-again.C:
		}
	}
	return nil
}
