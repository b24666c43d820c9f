package spool

import (
	"errors"
	"syscall"
)

// syncDir does nothing: Windows has no way to sync a directory.
func syncDir(string) error { return nil }

// isFull reports whether an error says that the disk has no space left:
// ERROR_HANDLE_DISK_FULL or ERROR_DISK_FULL.
func isFull(err error) bool {
	return errors.Is(err, syscall.Errno(39)) || errors.Is(err, syscall.Errno(112))
}
