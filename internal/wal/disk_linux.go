package wal

import (
	"errors"
	"os"
	"syscall"
)

// syncData leaves out what is not needed to read the file back, such as its
// times.
func syncData(f *os.File) error {
	err := retry(func() error { return syscall.Fdatasync(int(f.Fd())) })
	return os.NewSyscallError("fdatasync", err)
}

// allocate takes the space without writing it where the file system can. It
// looks first whether there is enough, because a failed attempt takes what
// there is for a moment, and somebody else may need just that.
func allocate(f *os.File, size int64) error {
	var volume syscall.Statfs_t
	err := retry(func() error { return syscall.Fstatfs(int(f.Fd()), &volume) })
	if err == nil && volume.Bavail < uint64(size)/uint64(volume.Bsize) {
		return os.NewSyscallError("fallocate", syscall.ENOSPC)
	}
	err = retry(func() error { return syscall.Fallocate(int(f.Fd()), 0, 0, size) })
	if errors.Is(err, syscall.EOPNOTSUPP) || errors.Is(err, syscall.ENOSYS) {
		return fillZeros(f, size)
	}
	return os.NewSyscallError("fallocate", err)
}

func retry(call func() error) error {
	for {
		if err := call(); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
