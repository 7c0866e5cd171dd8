package libtorrent

// Categories of alerts, for the setting alert_mask. Those whose bit moved in libtorrent 2.0 are where they are now.
// constants.cpp holds all of this file against the library.
const (
	AlertErrorNotification           int = 1 << 0
	AlertPeerNotification            int = 1 << 1
	AlertPortMappingNotification     int = 1 << 2
	AlertStorageNotification         int = 1 << 3
	AlertTrackerNotification         int = 1 << 4
	AlertConnectNotification         int = 1 << 5
	AlertStatusNotification          int = 1 << 6
	AlertIpBlockNotification         int = 1 << 8
	AlertPerformanceWarning          int = 1 << 9
	AlertDhtNotification             int = 1 << 10
	AlertStatsNotification           int = 1 << 11
	AlertSessionLogNotification      int = 1 << 13
	AlertTorrentLogNotification      int = 1 << 14
	AlertPeerLogNotification         int = 1 << 15
	AlertIncomingRequestNotification int = 1 << 16
	AlertDhtLogNotification          int = 1 << 17
	AlertDhtOperationNotification    int = 1 << 18
	AlertPortMappingLogNotification  int = 1 << 19
	AlertPickerLogNotification       int = 1 << 20
	AlertFileProgressNotification    int = 1 << 21
	AlertPieceProgressNotification   int = 1 << 22
	AlertUploadNotification          int = 1 << 23
	AlertBlockProgressNotification   int = 1 << 24

	// AlertDebugNotification is what libtorrent 2.0 calls connect.
	AlertDebugNotification = AlertConnectNotification

	// AlertAllCategories is every category that there is, in an int of any size.
	AlertAllCategories int = 0x7fffffff
)

// Values of the settings choking_algorithm, seed_choking_algorithm, mixed_mode_algorithm, in_enc_policy, out_enc_policy,
// allowed_enc_level and proxy_type.
const (
	SettingsPackFixedSlotsChoker int = 0
	SettingsPackRateBasedChoker  int = 2
	// SettingsPackBittyrantChoker is gone from libtorrent 2.0, and is the fixed number of slots.
	SettingsPackBittyrantChoker = SettingsPackFixedSlotsChoker

	SettingsPackRoundRobin    int = 0
	SettingsPackFastestUpload int = 1
	SettingsPackAntiLeech     int = 2

	SettingsPackPreferTcp        int = 0
	SettingsPackPeerProportional int = 1

	SettingsPackPeForced   int = 0
	SettingsPackPeEnabled  int = 1
	SettingsPackPeDisabled int = 2

	SettingsPackPePlaintext int = 1
	SettingsPackPeRc4       int = 2
	SettingsPackPeBoth      int = 3

	ProxyTypeNone     int = 0
	ProxyTypeSocks4   int = 1
	ProxyTypeSocks5   int = 2
	ProxyTypeSocks5Pw int = 3
	ProxyTypeHttp     int = 4
	ProxyTypeHttpPw   int = 5
	ProxyTypeI2PProxy int = 6
)

// What TorrentHandle.Status is to fill in beside what costs nothing.
const (
	WrappedTorrentHandleQueryDistributedCopies        uint = 1 << 0
	WrappedTorrentHandleQueryAccurateDownloadCounters uint = 1 << 1
	WrappedTorrentHandleQueryLastSeenComplete         uint = 1 << 2
	WrappedTorrentHandleQueryPieces                   uint = 1 << 3
	WrappedTorrentHandleQueryVerifiedPieces           uint = 1 << 4
	WrappedTorrentHandleQueryTorrentFile              uint = 1 << 5
	WrappedTorrentHandleQueryName                     uint = 1 << 6
	WrappedTorrentHandleQuerySavePath                 uint = 1 << 7
)

// Flags of TorrentHandle.Pause, SaveResumeData and SetPieceDeadline, and of SessionHandle.RemoveTorrent.
const (
	WrappedTorrentHandleGracefulPause      int = 1 << 0
	WrappedTorrentHandleFlushDiskCache     int = 1 << 0
	WrappedTorrentHandleSaveInfoDict       int = 1 << 1
	WrappedTorrentHandleOnlyIfModified     int = 1 << 2
	WrappedTorrentHandleAlertWhenAvailable int = 1 << 0
	WrappedSessionHandleDeleteFiles        int = 1 << 0
)

// Flags of NewSession. libtorrent 2.0 has its plugins in any case.
const (
	WrappedSessionHandleAddDefaultPlugins    int = 1
	WrappedSessionHandleStartDefaultFeatures int = 2
)

// Flags of CreateTorrentOf; 0 makes a hybrid torrent.
const (
	CreateTorrentV2Only int = 1 << 5
	CreateTorrentV1Only int = 1 << 6
)
