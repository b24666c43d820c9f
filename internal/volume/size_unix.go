//go:build linux || darwin || freebsd

package volume

import "syscall"

func size(directory string) int64 {
	var s syscall.Statfs_t
	if err := syscall.Statfs(directory, &s); err != nil {
		return 0
	}
	return int64(s.Blocks) * int64(s.Bsize) //nolint:gosec,unconvert // Other systems have other types.
}
