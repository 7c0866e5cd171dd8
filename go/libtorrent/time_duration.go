package libtorrent

import "time"

// TimeDuration is how long something may take.
type TimeDuration time.Duration

// Milliseconds makes a TimeDuration.
func Milliseconds(milliseconds int64) TimeDuration {
	return TimeDuration(time.Duration(milliseconds) * time.Millisecond)
}

// Seconds makes a TimeDuration.
func Seconds(seconds int64) TimeDuration {
	return TimeDuration(time.Duration(seconds) * time.Second)
}
